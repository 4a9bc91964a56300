mod copies;

use super::{load_config, open, shown};
use crate::cli::{BackupCommand, Place};
use crate::data::DataFolder;
use crate::logging;
use anyhow::bail;
use copies::{Copies, Found};
use preau_base::{Clock, Instant, SystemClock};
use preau_store::backup::{self, Kept, Manifest, Named};
use preau_store::{StoreError, files};
use std::path::Path;

/// Files that are named one by one when something is wrong with them.
const NAMED_MAX: usize = 20;

pub async fn run(command: BackupCommand) -> anyhow::Result<()> {
    match command {
        BackupCommand::Create { place, file } => Box::pin(create(&place, &file)).await,
        BackupCommand::Verify { file } => verify(&file).await,
        BackupCommand::Restore { place, file, skip_damaged } => restore(&place, &file, skip_damaged).await,
        BackupCommand::Prune { folder } => copies::prune(&folder).await,
    }
}

async fn create(place: &Place, file: &Path) -> anyhow::Result<()> {
    let opened = open(place).await?;
    let live = opened.data.open_files()?;
    let copies = Copies::beside(file)?;
    let (mut there, mut lost) = (Tally::default(), Tally::default());
    let mut copied = Tally::default();
    let keep = async |named: &Named| {
        if copies.has(named).await {
            there.count(named);
            return Ok::<_, anyhow::Error>(Kept::Whole);
        }
        match copies::copy(&live, &copies.files, named).await? {
            Found::Whole => {
                copied.count(named);
                Ok(Kept::Whole)
            }
            Found::Missing if !files::is_known(&mut opened.store.read().await?, named.id).await? => Ok(Kept::Swept),
            Found::Missing | Found::Damaged => {
                lost.name("is lost or damaged", named);
                Ok(Kept::Lost)
            }
        }
    };
    let manifest = backup::create(&opened.store, &opened.data.backed_up(), file, SystemClock.now(), keep).await?;
    println!("{} written.", shown(file));
    describe(&manifest);
    println!("{copied} copied to {}, {there} were there already.", shown(copies.path()));
    println!("It holds the keys and everybody's data: keep both where only you can read them.");
    if lost.count > 0 {
        bail!("the backup is made, without {lost} that this installation has lost");
    }
    Ok(())
}

async fn verify(file: &Path) -> anyhow::Result<()> {
    let manifest = backup::verify(file)?;
    describe(&manifest);
    let (mut whole, mut bad) = (Tally::default(), Tally::default());
    if let Some(names) = backup::names(file)? {
        let copies = Copies::beside(file)?;
        for named in names.filter(is_whole) {
            let named = named?;
            match copies::look(&copies.files, &named).await? {
                Found::Whole => whole.count(&named),
                Found::Missing => bad.name("is missing", &named),
                Found::Damaged => bad.name("is damaged", &named),
            }
        }
    }
    if bad.count > 0 {
        bail!("{} is whole; of what people have sent, {bad} are missing or damaged", shown(file));
    }
    println!("{} is whole, and so are the {whole} that it names.", shown(file));
    Ok(())
}

/// Files first, then the rows that name them: a restore that was broken off can be begun again.
async fn restore(place: &Place, file: &Path, skip_damaged: bool) -> anyhow::Result<()> {
    let config = load_config(place)?;
    logging::init(&config.log)?;
    let data = DataFolder::make(&config.data)?;
    let database = data.database(&config);
    backup::check_place(file, &database, data.path())?;
    let (mut whole, mut bad) = (Tally::default(), Tally::default());
    if let Some(names) = backup::names(file)? {
        let copies = Copies::beside(file)?;
        let live = data.open_files()?;
        for named in names.filter(is_whole) {
            let named = named?;
            match copies::copy(&copies.files, &live, &named).await? {
                Found::Whole => whole.count(&named),
                Found::Missing => bad.name("is missing", &named),
                Found::Damaged => bad.name("is damaged", &named),
            }
        }
    }
    if bad.count > 0 && !skip_damaged {
        bail!("{bad} are missing or damaged, nothing is restored; --skip-damaged restores the rest");
    }
    let manifest = backup::restore(file, &database, data.path()).await?;
    let swept = forget_swept(file, &data, &config).await?;
    println!("{} restored into {}, with {whole}.", shown(file), shown(data.path()));
    describe(&manifest);
    if swept > 0 {
        println!("Forgotten: {swept} that were removed while the backup was made.");
    }
    Ok(())
}

/// A row whose file was removed on purpose after the rows were copied must not show a file that is not there.
async fn forget_swept(file: &Path, data: &DataFolder, config: &crate::config::Config) -> anyhow::Result<u64> {
    let mut swept = 0;
    let names = backup::names(file)?.into_iter().flatten();
    let mut names = names.filter(|named| named.as_ref().map_or(true, |named| named.kept == Kept::Swept)).peekable();
    if names.peek().is_none() {
        return Ok(0);
    }
    let store = data.open_store(config).await?;
    let mut tx = store.write().await?;
    for named in names {
        files::forget(&mut tx, named?.id).await?;
        swept += 1;
    }
    tx.commit().await?;
    store.close().await;
    Ok(swept)
}

/// Files whose bytes are with the backup; what cannot be read is handed on.
fn is_whole(named: &Result<Named, StoreError>) -> bool {
    named.as_ref().map_or(true, |named| named.kept == Kept::Whole)
}

/// So many files of so many bytes.
#[derive(Default)]
struct Tally {
    count: usize,
    bytes: u64,
}

impl Tally {
    fn count(&mut self, named: &Named) {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(named.bytes);
    }

    /// Counts it and says what is wrong with it, the first few times.
    fn name(&mut self, what: &str, named: &Named) {
        self.count(named);
        if self.count <= NAMED_MAX {
            println!("file {} of {} bytes {what}", named.id, named.bytes);
        } else if self.count == NAMED_MAX + 1 {
            println!("… and more");
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} files of {} bytes", self.count, self.bytes)
    }
}

fn describe(manifest: &Manifest) {
    let bytes: u64 = manifest.members.iter().map(|member| member.bytes).sum();
    let made_at = Instant::from_millis(manifest.made_at);
    println!(
        "{} database, schema {}, made {made_at}, {} parts, {bytes} bytes.",
        manifest.database,
        manifest.schema,
        manifest.members.len()
    );
}
