use super::{load_config, open, shown};
use crate::cli::BackupCommand;
use crate::data::DataFolder;
use crate::logging;
use preau_base::{Clock, Instant, SystemClock};
use preau_store::backup::{self, Manifest};

pub async fn run(command: BackupCommand) -> anyhow::Result<()> {
    match command {
        BackupCommand::Create { place, file } => {
            let opened = open(&place).await?;
            let files = opened.data.backed_up();
            let manifest = backup::create(&opened.store, &files, &file, SystemClock.now()).await?;
            println!("{} written.", shown(&file));
            describe(&manifest);
            println!("It holds the keys and everybody's data: keep it where only you can read it.");
            println!(
                "It does not hold the files that people have sent: copy {} as well, after",
                shown(&opened.data.files())
            );
            println!("this (rsync will do). They never change once they are there, so the copy fits the backup.");
        }
        BackupCommand::Verify { file } => {
            let manifest = backup::verify(&file)?;
            println!("{} is whole.", shown(&file));
            describe(&manifest);
        }
        BackupCommand::Restore { place, file } => {
            let config = load_config(&place)?;
            logging::init(&config.log)?;
            let data = DataFolder::make(&config.data)?;
            let manifest = backup::restore(&file, &data.database(&config), data.path()).await?;
            println!("{} restored into {}.", shown(&file), shown(data.path()));
            println!("The files that people had sent are not in it: put their copy to {}.", shown(&data.files()));
            describe(&manifest);
        }
    }
    Ok(())
}

fn describe(manifest: &Manifest) {
    let bytes: u64 = manifest.members.iter().map(|member| member.bytes).sum();
    let made_at = Instant::from_millis(manifest.made_at);
    println!(
        "{} database, schema {}, made {made_at}, {} files, {bytes} bytes.",
        manifest.database,
        manifest.schema,
        manifest.members.len()
    );
}
