use anyhow::{Context, bail};
use std::path::PathBuf;

const SCHOOLS: usize = 50;

pub struct Options {
    /// The release binary.
    pub preau: PathBuf,
    pub schools: usize,
    pub postgres: bool,
    pub only: Option<String>,
    pub keep: Option<PathBuf>,
    pub even_busy: bool,
}

impl Options {
    pub fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let (preau, rest) = arguments.split_first().context("the path of the release binary is missing")?;
        let mut options = Self {
            preau: PathBuf::from(preau),
            schools: SCHOOLS,
            postgres: false,
            only: None,
            keep: None,
            even_busy: false,
        };
        let mut rest = rest.iter();
        while let Some(option) = rest.next() {
            let mut value = || rest.next().with_context(|| format!("{option} needs a value"));
            match option.as_str() {
                "--schools" => options.schools = value()?.parse::<usize>().context("--schools")?.max(1),
                "--postgres" => options.postgres = true,
                "--only" => options.only = Some(value()?.clone()),
                "--keep" => options.keep = Some(PathBuf::from(value()?)),
                "--even-busy" => options.even_busy = true,
                other => bail!("{other} is no option of this bench"),
            }
        }
        Ok(options)
    }

    pub fn wants(&self, route: &str, actor: &str) -> bool {
        self.only.as_ref().is_none_or(|only| route.contains(only.as_str()) || actor == only)
    }
}
