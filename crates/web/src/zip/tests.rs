use super::*;
use proptest::prelude::*;
use std::io::Write as _;
use std::process::Command;

const TIME: DosTime = DosTime { date: (47 << 9) | (11 << 5) | 23, time: (9 << 11) | (5 << 5) };

fn archive(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut zip, mut all) = (Zip::default(), Vec::new());
    for (name, bytes) in members {
        all.extend(zip.begin(name, TIME));
        for piece in bytes.chunks(7) {
            zip.pass(piece);
            all.extend_from_slice(piece);
        }
        all.extend(zip.end());
        assert_eq!(zip.offset, all.len() as u64);
    }
    all.extend(zip.finish());
    all
}

/// Names and contents as Python's `zipfile` reads them, which also compares each CRC.
fn read_by_python(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(archive).expect("written");
    let script = "import sys, zipfile, binascii\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
                  for i in z.infolist(): print(binascii.hexlify(i.filename.encode()).decode(), z.read(i).hex(), i.date_time[0])";
    let out = Command::new("python3").arg("-c").arg(script).arg(file.path()).output().expect("python3 is there");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let unhex = |text: &str| -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).expect("hex")).collect()
    };
    let text = String::from_utf8(out.stdout).expect("text");
    let line = |line: &str| {
        let mut parts = line.split(' ');
        let (name, bytes) = (unhex(parts.next().expect("a name")), unhex(parts.next().expect("bytes")));
        assert_eq!(parts.next(), Some("2027"));
        (String::from_utf8(name).expect("UTF-8"), bytes)
    };
    text.lines().map(line).collect()
}

#[test]
fn somebody_elses_tool_reads_it_back() {
    let members = [
        ("Léroy Max/copie.txt", "La crue du Nil, c’est l’été".as_bytes().to_vec()),
        ("Léroy Max/COPIE.txt", vec![]),
        ("O’Brien Inès/猫.jpg", vec![0xff; 100_000]),
        ("O’Brien Inès/sans-fin", vec![1]),
        ("O’Brien Inès/sans-fin", vec![2]),
    ];
    let read = read_by_python(&archive(&members));
    let names: Vec<_> = read.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Léroy Max/copie.txt",
            "Léroy Max/COPIE (2).txt",
            "O’Brien Inès/猫.jpg",
            "O’Brien Inès/sans-fin",
            "O’Brien Inès/sans-fin (2)"
        ]
    );
    assert!(read.iter().zip(&members).all(|((_, read), (_, written))| read == written));
    assert!(read_by_python(&archive(&[])).is_empty());
}

proptest! {
    #[test]
    fn no_two_members_have_one_name(names in proptest::collection::vec("[ab]{1,2}(\\.txt)?", 0..12)) {
        let mut zip = Zip::default();
        names.iter().for_each(|name| { zip.begin(name, TIME); });
        let all: HashSet<_> = zip.members.iter().map(|member| member.name.to_lowercase()).collect();
        prop_assert_eq!(all.len(), names.len());
    }
}
