//! The other program: makes voices and pictures, reads files back.

use std::path::Path;
use std::process::{Command, Output};

fn run(program: &str, args: &[&str]) -> Output {
    let done = Command::new(program).args(args).output();
    done.unwrap_or_else(|error| panic!("{program}: {error}; on Debian: apt-get install ffmpeg"))
}

/// `seconds` of a picture that moves, 320 × 240, 25 a second, with a keyframe each second: the frames as libvpx makes them.
pub fn pictures(seconds: u32) -> Vec<Vec<u8>> {
    let source = format!("testsrc=size=320x240:rate=25:duration={seconds}");
    let made = run(
        "ffmpeg",
        &["-v", "error", "-f", "lavfi", "-i", &source, "-c:v", "libvpx", "-g", "25", "-b:v", "200k", "-f", "ivf", "-"],
    );
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // An IVF file: a head of 32 bytes, then each frame behind its length and time.
    let mut left = &made.stdout[32..];
    let mut frames = Vec::new();
    while left.len() > 12 {
        let bytes = u32::from_le_bytes(left[..4].try_into().unwrap()) as usize;
        frames.push(left[12..12 + bytes].to_vec());
        left = &left[12 + bytes..];
    }
    frames
}

/// `seconds` of a tone as Opus packets of 20 ms.
pub fn voices(seconds: u32) -> Vec<Vec<u8>> {
    let source = format!("sine=frequency=440:duration={seconds}");
    let made = run(
        "ffmpeg",
        &["-v", "error", "-f", "lavfi", "-i", &source, "-c:a", "libopus", "-b:a", "32k", "-f", "ogg", "-"],
    );
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut packets = ogg_packets(&made.stdout);
    packets.drain(..2);
    packets
}

/// The packets of an Ogg stream (RFC 3533, section 6).
fn ogg_packets(mut left: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = vec![Vec::new()];
    while left.len() > 27 {
        let lacing = left[26] as usize;
        let mut at = 27 + lacing;
        for &bytes in &left[27..27 + lacing] {
            let piece = &left[at..at + bytes as usize];
            packets.last_mut().unwrap().extend_from_slice(piece);
            at += bytes as usize;
            if bytes < 255 {
                packets.push(Vec::new());
            }
        }
        left = &left[at..];
    }
    packets.retain(|packet| !packet.is_empty());
    packets
}

/// What ffmpeg complains about while decoding every frame; nothing when all is well.
pub fn complaints(file: &Path) -> String {
    let done = run("ffmpeg", &["-v", "warning", "-xerror", "-i", file.to_str().unwrap(), "-f", "null", "-"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() { said } else { format!("{said} ({})", done.status) }
}

/// The time of each frame that ffprobe finds, in milliseconds.
pub fn frame_times(file: &Path) -> Vec<i64> {
    let args = ["-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file.to_str().unwrap()];
    let said = run("ffprobe", &args).stdout;
    let lines = String::from_utf8(said).unwrap();
    lines.lines().map(|line| (line.trim_end_matches(',').parse::<f64>().unwrap() * 1_000.0).round() as i64).collect()
}

/// How long the file says that it is, in milliseconds; `None` when it doesn't.
pub fn duration_ms(file: &Path) -> Option<i64> {
    let args = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file.to_str().unwrap()];
    let said = String::from_utf8(run("ffprobe", &args).stdout).unwrap();
    said.trim().parse::<f64>().ok().map(|s| (s * 1_000.0).round() as i64)
}

/// The time of the first frame that is decoded after seeking to `at_s`, in milliseconds: only an index makes it near.
pub fn first_after_seek(file: &Path, at_s: u32) -> Option<i64> {
    let interval = format!("{at_s}%+#1");
    let args = [
        "-v",
        "error",
        "-read_intervals",
        &interval,
        "-show_entries",
        "packet=pts_time",
        "-of",
        "csv=p=0",
        file.to_str().unwrap(),
    ];
    let said = String::from_utf8(run("ffprobe", &args).stdout).unwrap();
    let first = said.lines().next()?.trim_end_matches(',').parse::<f64>().ok()?;
    Some((first * 1_000.0).round() as i64)
}
