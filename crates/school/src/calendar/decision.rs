use super::place::Departement;
use super::year::Year;

/// What a territory has decided for the school year that begins in `begins`: of the départements that lie in it, these and no
/// others are on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub begins: i64,
    pub list: String,
    pub departements: Vec<Departement>,
}

impl Year {
    /// The year for a school in `departement`, by what the territories in which it lies have decided, the widest first: the
    /// last word is the nearest's. Only the school's own département is put on a list or taken off it, so nobody decides for
    /// others; a list that the year does not have stays unknown.
    #[must_use]
    pub fn decided(mut self, departement: Option<Departement>, decisions: &[Decision]) -> Self {
        let Some(departement) = departement else { return self };
        let begins = i64::from(self.first.year());
        for decision in decisions.iter().filter(|it| it.begins == begins) {
            let Some(list) = self.lists.get_mut(&decision.list) else { continue };
            list.retain(|one| *one != departement);
            if decision.departements.contains(&departement) {
                list.push(departement);
            }
        }
        self
    }
}
