//! The copy of somebody's data, made while it is sent: `donnees.html` to read, `donnees.json` for other programs, the files,
//! and last `LISEZ-MOI.txt`, which says what is in the archive and, in its first line, when it is not everything.
//!
//! Lines and files are read a page at a time; nothing of them is held longer than until it is sent.

use crate::Page;
use crate::archive::{Archive, Over};
use crate::limits::{
    COPY_FILES_BYTES_MAX, COPY_LINES_BYTES_MAX, COPY_MISSING_NAMED_MAX, COPY_PAGE_BYTES, COPY_PAGE_LINES_MAX,
    COPY_PAGE_LINES_MIN,
};
use crate::zip::DosTime;
use askama::Template;
use bytes::Bytes;
use jiff::tz::TimeZone;
use preau_base::{Instant, PersonId};
use preau_files::clean_name;
use preau_store::limits::{EXPORT_FILES_MAX, EXPORT_LINES_MAX};
use preau_store::people::{self, CopyFile, DataKind, Line, Person};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the archive is made from.
pub(super) struct DataCopy {
    page: Page,
    person: PersonId,
    name: String,
    time: DosTime,
    /// Kinds of which not all lines are there.
    cut: BTreeSet<&'static str>,
    /// Paths of files that are not there, the first of them, and how many they are.
    missing: Vec<String>,
    missing_count: u64,
}

/// Where lines come from.
#[derive(Clone, Copy)]
enum Source {
    Kind(&'static DataKind),
    Files,
}

impl Source {
    fn all() -> impl Iterator<Item = Self> {
        people::data_kinds().map(Self::Kind).chain([Self::Files])
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.name,
            Self::Files => "files",
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Kind(kind) => kind.columns,
            Self::Files => &["path", "place", "bytes", "created_at", "sha256"],
        }
    }

    const fn most(self) -> i64 {
        match self {
            Self::Kind(_) => EXPORT_LINES_MAX,
            Self::Files => EXPORT_FILES_MAX,
        }
    }
}

/// How far the lines of a source are read.
struct Reading {
    read: i64,
    last: Option<Line>,
    /// Lines of the next page: as many as are about [`COPY_PAGE_BYTES`] if they are like those of the last.
    page: i64,
    is_over: bool,
}

impl Reading {
    const fn new() -> Self {
        Self { read: 0, last: None, page: COPY_PAGE_LINES_MIN, is_over: false }
    }

    fn note(&mut self, lines: &[Line]) {
        let (count, bytes) = (lines.len() as i64, lines.iter().flatten().map(bytes_of).sum::<i64>());
        self.read += count;
        self.last = lines.last().cloned();
        self.page = (COPY_PAGE_BYTES * count / bytes.max(1)).clamp(COPY_PAGE_LINES_MIN, COPY_PAGE_LINES_MAX);
    }
}

fn bytes_of(value: &Value) -> i64 {
    value.as_str().map_or(8, |text| text.len() as i64)
}

/// Where a file is in the archive: by its day, with the end of its number, so that two of one name stay two.
fn path_of(file: &CopyFile) -> String {
    let at = jiff::Timestamp::from_millisecond(file.created_at).unwrap_or_default();
    let (day, number) = (at.to_zoned(TimeZone::UTC).date(), file.id.uuid().simple().to_string());
    format!("fichiers/{day} {} {}", &number[number.len() - 8..], clean_name(&file.name, "fichier"))
}

fn line_of(file: &CopyFile) -> Line {
    let sha256: String = file.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![path_of(file).into(), file.place.clone().into(), file.bytes.into(), file.created_at.into(), sha256.into()]
}

#[derive(Template)]
#[template(path = "people/copy_head.html")]
struct Head<'a> {
    page: &'a Page,
    title: String,
    about: String,
}

#[derive(Template)]
#[template(path = "people/copy_lines.html")]
struct Lines {
    /// With the first lines only.
    title: Option<String>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl DataCopy {
    pub(super) fn of(page: Page, person: &Person) -> Self {
        let time = DosTime::of(&page.zoned(page.now()));
        let (name, person) = (person.full_name(), person.id);
        Self { page, person, name, time, cut: BTreeSet::new(), missing: Vec::new(), missing_count: 0 }
    }

    pub(super) async fn write(mut self, mut archive: Archive) -> Result<Archive, Over> {
        self.html(&mut archive).await?;
        self.json(&mut archive).await?;
        self.files(&mut archive).await?;
        let readme = Bytes::from(self.readme());
        archive.text("LISEZ-MOI.txt", self.time, readme).await?;
        Ok(archive)
    }

    /// The next lines of a source, none behind the last. What is cut off is noted.
    async fn next(&mut self, archive: &Archive, source: Source, reading: &mut Reading) -> Result<Vec<Line>, Over> {
        if reading.is_over {
            return Ok(Vec::new());
        }
        // The last line is read again: where it is another now, something before it has gone meanwhile, and lines would be missing.
        let again = i64::from(reading.last.is_some());
        let most = reading.page.min(source.most() - reading.read + 1) + again;
        let mut lines = self.lines(archive, source, reading.read - again, most).await?;
        if let Some(last) = &reading.last {
            if lines.first() != Some(last) {
                tracing::info!(kind = source.name(), "data changed while its copy was made, which breaks off");
                return Err(Over);
            }
            lines.remove(0);
        }
        reading.is_over = (lines.len() as i64) < most - again;
        if reading.read + lines.len() as i64 > source.most() {
            lines.pop();
            self.cut.insert(source.name());
            reading.is_over = true;
        }
        reading.note(&lines);
        Ok(lines)
    }

    async fn lines(&self, archive: &Archive, source: Source, from: i64, most: i64) -> Result<Vec<Line>, Over> {
        match source {
            Source::Kind(kind) => {
                let read = async {
                    let mut conn = archive.app().store.read().await?;
                    people::export_lines(&mut conn, kind, self.person, from, most).await
                };
                read.await.map_err(|error| broken(&error))
            }
            Source::Files => Ok(self.page_of_files(archive, from, most).await?.iter().map(line_of).collect()),
        }
    }

    async fn page_of_files(&self, archive: &Archive, from: i64, most: i64) -> Result<Vec<CopyFile>, Over> {
        let read = async {
            let mut conn = archive.app().store.read().await?;
            people::export_files(&mut conn, self.person, from, most).await
        };
        read.await.map_err(|error| broken(&error))
    }

    async fn html(&mut self, archive: &mut Archive) -> Result<(), Over> {
        let title = format!("{} · {}", self.page.t("data-title"), self.name);
        let head = Head { page: &self.page, title, about: self.about() };
        let head = head.render().map_err(|error| broken(&error))?;
        let mut bytes = head.len() as u64;
        archive.begin("donnees.html", self.time).await?;
        archive.pass(Bytes::from(head)).await?;
        for source in Source::all() {
            let mut reading = Reading::new();
            loop {
                let lines = self.next(archive, source, &mut reading).await?;
                if lines.is_empty() {
                    break;
                }
                let is_first = reading.read == lines.len() as i64;
                let part = self.table(source, &lines, is_first).render().map_err(|error| broken(&error))?;
                bytes += part.len() as u64;
                if bytes > COPY_LINES_BYTES_MAX {
                    self.cut.insert(source.name());
                    break;
                }
                archive.pass(Bytes::from(part)).await?;
            }
            if self.cut.contains(source.name()) {
                let words = format!("<p><strong>{}</strong></p>\n", self.cut_words(source));
                archive.pass(Bytes::from(words)).await?;
            }
        }
        archive.pass(Bytes::from_static(b"</body>\n</html>\n")).await?;
        archive.end().await
    }

    fn table(&self, source: Source, lines: &[Line], is_first: bool) -> Lines {
        let label = |name: &&str| self.page.t(&format!("export-column-{}", name.replace('_', "-")));
        let row = |line: &Line| source.columns().iter().zip(line).map(|(name, value)| self.cell(name, value)).collect();
        Lines {
            title: is_first.then(|| self.title(source)),
            columns: source.columns().iter().map(label).collect(),
            rows: lines.iter().map(row).collect(),
        }
    }

    fn cell(&self, column: &str, value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Bool(yes) => self.page.t(if *yes { "copy-yes" } else { "copy-no" }),
            Value::Number(number) => match number.as_i64().filter(|_| column.ends_with("_at")) {
                Some(ms) => self.clock(Instant::from_millis(ms)),
                None => number.to_string(),
            },
            _ => String::new(),
        }
    }

    /// A time that says the same in ten years: `2026-11-23 09:12`, by the school's clock.
    fn clock(&self, at: Instant) -> String {
        self.page.zoned(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn title(&self, source: Source) -> String {
        self.page.t(&format!("export-{}", source.name()))
    }

    fn about(&self) -> String {
        let when = self.clock(self.page.now());
        self.page.t2("copy-about", ("when", when), ("instance", self.page.instance_name()))
    }

    fn cut_words(&self, source: Source) -> String {
        self.page.t2("copy-cut", ("kind", self.title(source)), ("most", source.most()))
    }

    /// `{"about": …, "data": {"person": [{…}, …], …}, "cut": […]}`; a line is an object by the names of its columns.
    async fn json(&mut self, archive: &mut Archive) -> Result<(), Over> {
        let about = json!({
            "person": self.person.to_string(),
            "name": self.name,
            "made_at": self.page.now().as_millis(),
            "instance": self.page.instance_name(),
        });
        archive.begin("donnees.json", self.time).await?;
        let mut bytes = 0_u64;
        let mut before = format!("{{\"about\": {about},\n\"data\": {{");
        for source in Source::all() {
            before.push_str(&format!("\n{}: [", json!(source.name())));
            let mut reading = Reading::new();
            loop {
                let lines = self.next(archive, source, &mut reading).await?;
                if lines.is_empty() {
                    break;
                }
                let objects: Vec<_> = lines.iter().map(|line| object(source.columns(), line)).collect();
                let part = objects.join(",\n");
                bytes += part.len() as u64;
                if bytes > COPY_LINES_BYTES_MAX {
                    self.cut.insert(source.name());
                    break;
                }
                archive.pass(Bytes::from(std::mem::take(&mut before) + "\n" + &part)).await?;
                before.push(',');
            }
            // The comma that waits for the next lines is not sent behind the last.
            if before == "," {
                before.clear();
            }
            before.push_str("],");
        }
        let cut: Vec<_> = self.cut.iter().collect();
        let end = format!("{}\n}},\n\"cut\": {}}}\n", before.trim_end_matches(','), json!(cut));
        archive.pass(Bytes::from(end)).await?;
        archive.end().await
    }

    async fn files(&mut self, archive: &mut Archive) -> Result<(), Over> {
        let (mut read, mut bytes) = (0, 0_u64);
        while read < EXPORT_FILES_MAX {
            let files = self.page_of_files(archive, read, COPY_PAGE_LINES_MAX.min(EXPORT_FILES_MAX - read)).await?;
            if files.is_empty() {
                break;
            }
            read += files.len() as i64;
            for file in files {
                let (path, size) = (path_of(&file), file.bytes.unsigned_abs());
                let time = DosTime::of(&self.page.zoned(Instant::from_millis(file.created_at)));
                let has_room = bytes + size <= COPY_FILES_BYTES_MAX;
                if has_room && archive.file(&path, time, file.id).await? {
                    bytes += size;
                } else {
                    self.missing_count += 1;
                    if self.missing.len() < COPY_MISSING_NAMED_MAX {
                        self.missing.push(path);
                    }
                }
            }
        }
        Ok(())
    }

    fn readme(&self) -> String {
        let page = &self.page;
        let is_whole = self.cut.is_empty() && self.missing_count == 0;
        let mut lines = vec![page.t(if is_whole { "copy-whole" } else { "copy-not-whole" }), String::new()];
        for source in Source::all().filter(|source| self.cut.contains(source.name())) {
            lines.push(format!("- {}", self.cut_words(source)));
        }
        lines.extend(self.missing.iter().map(|path| format!("- {}", page.t1("copy-missing", "path", path))));
        let unnamed = self.missing_count.saturating_sub(self.missing.len() as u64);
        if unnamed > 0 {
            lines.push(format!("- {}", page.t1("copy-missing-more", "count", unnamed)));
        }
        if !is_whole {
            lines.extend([page.t("copy-ask"), String::new()]);
        }
        lines.push(format!("{} · {}", page.t("data-title"), self.name));
        lines.extend(["copy-contents", "copy-left-out"].map(|key| page.t(key)));
        lines.insert(lines.len() - 2, self.about());
        lines.push(String::new());
        lines.join("\r\n")
    }
}

/// A line as a JSON object, in the order of its columns.
fn object(columns: &[&str], line: &Line) -> String {
    let pairs: Vec<_> = columns.iter().zip(line).map(|(name, value)| format!("{}: {value}", json!(name))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn broken(error: &dyn std::error::Error) -> Over {
    tracing::error!(%error, "the copy of somebody's data breaks off");
    Over
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::texts;

    #[test]
    fn every_kind_and_column_has_a_name() {
        for source in Source::all() {
            let columns = source.columns().iter().map(|name| format!("export-column-{}", name.replace('_', "-")));
            for key in columns.chain([format!("export-{}", source.name())]) {
                assert!(texts::has(Lang::Fr, &key) && texts::has(Lang::En, &key), "{key}");
            }
        }
    }

    #[test]
    fn a_line_keeps_the_order_of_its_columns() {
        let line = vec![json!("a\"b\u{2028}<"), json!(3), Value::Null, json!(true)];
        let text = object(&["z", "y_at", "x", "w"], &line);
        assert_eq!(text, "{\"z\": \"a\\\"b\u{2028}<\", \"y_at\": 3, \"x\": null, \"w\": true}");
    }
}
