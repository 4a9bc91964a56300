use super::super::Opened;
use crate::cli::Whose;
use preau_school::Profile;
use std::path::PathBuf;
pub struct Wish {
    pub school: String,
    pub class: Option<String>,
    pub profile: Profile,
    pub renew: bool,
    pub html: Option<PathBuf>,
}
pub const fn profile(whose: Whose) -> Profile {
    match whose {
        Whose::Pupil => Profile::Pupil,
        Whose::Relative => Profile::Relative,
        Whose::Teacher => Profile::Teacher,
        Whose::SchoolLife => Profile::SchoolLife,
        Whose::Head => Profile::Head,
        Whose::Staff => Profile::Staff,
        Whose::Administrator => Profile::Administrator,
    }
}
pub async fn run(_o: &Opened, _w: &Wish) -> anyhow::Result<()> {
    anyhow::bail!("x")
}
