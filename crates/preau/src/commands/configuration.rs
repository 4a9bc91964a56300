use super::{config_file, load_config, shown};
use crate::cli::ConfigCommand;
use crate::config;

pub fn run(command: ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Example => print!("{}", config::example()),
        ConfigCommand::Check { place } => {
            load_config(&place)?;
            match config_file(&place) {
                Some(path) => println!("{} is good.", shown(&path)),
                None => println!("No preau.toml here; the defaults and the environment are good."),
            }
        }
        ConfigCommand::Show { place } => {
            print!("{}", config::show(config_file(&place).as_deref(), place.data.as_deref())?);
        }
    }
    Ok(())
}
