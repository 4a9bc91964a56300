/// What went wrong in the store. Constraint violations that a person can cause are told apart from failures.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database refused or failed: {0}")]
    Database(#[source] sqlx::Error),
    /// A value that must be unique is taken already (login, school code, class name).
    #[error("already there: {0}")]
    Taken(String),
    #[error(
        "the database was written by a newer version: it has schema {found}, this program knows up to {known}; install the version that made it, or restore an older backup"
    )]
    NewerSchema { found: i64, known: i64 },
    #[error("migration of the database failed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("{what} {path}: {source}")]
    File { what: &'static str, path: String, source: std::io::Error },
    #[error("backup {path}: {why}")]
    Backup { path: String, why: String },
    #[error("{what} is over its limit: {found}, at most {most}")]
    Limit { what: &'static str, found: usize, most: usize },
    #[error("{groups} classes or groups that a feed names are of a past school year: the change of year comes first")]
    PastYear { groups: usize },
    #[error("import: {0}")]
    Import(String),
    #[error("a value that is kept as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken(inner.message().to_owned()),
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// Names the path that an I/O error is about.
    pub fn file(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { what, path, source }
    }

    /// True when the disk is full, as far as the database tells (SQLITE_FULL; SQLSTATE 53100).
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(inner)) => {
                inner.code().is_some_and(|code| code == "13" || code == "53100")
            }
            Self::File { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}
