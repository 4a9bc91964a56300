//! Why a school of an import could not be applied, told by words that pages have sentences for.

use super::on_both;
use crate::groups::{self, Group};
use crate::import::unique_of;
use crate::people::{self, NewPerson};
use crate::schools::{self, NewSchool};
use crate::tests::world::{NOW, World};
use crate::{Conn, StoreError};
use preau_base::{GroupId, PersonId, SchoolId, SeededRng};
use preau_school::GroupKind;
use preau_school::feed::fault::Unique;

async fn somebody(conn: &mut Conn, rng: &mut SeededRng, (login, key): (&str, &str)) -> Result<(), StoreError> {
    let new = NewPerson {
        id: PersonId::new(NOW, rng),
        login,
        given_name: "Max",
        family_name: "Leroy",
        title: "",
        birth_day: None,
        ine: None,
        email: None,
        source: "aaf",
        external_id: Some(key),
    };
    people::create(conn, &new, NOW).await
}

fn word(done: Result<(), StoreError>) -> Unique {
    match done {
        Err(StoreError::Taken(message)) => unique_of(&message),
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn both_databases_say_what_is_taken(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let rng = &mut SeededRng::new(41);
        somebody(&mut tx, rng, ("un.autre", "41")).await.expect("made");
        tx.commit().await.expect("committed");

        // Each in a transaction of its own: PostgreSQL goes on with none that has failed.
        let mut tx = place.store.write().await.expect("a transaction");
        assert_eq!(word(somebody(&mut tx, rng, ("max.leroy", "42")).await), Unique::Login);
        drop(tx);
        let mut tx = place.store.write().await.expect("a transaction");
        assert_eq!(word(somebody(&mut tx, rng, ("encore.un", "41")).await), Unique::Other);
        drop(tx);
        let mut tx = place.store.write().await.expect("a transaction");
        let (id, uai) = (SchoolId::new(NOW, rng), Some("0931234X"));
        let school = NewSchool { id, uai, name: "Autre", kind: "", city: "", source: "hand" };
        assert_eq!(word(schools::create(&mut tx, &school, NOW).await), Unique::SchoolCode);
        drop(tx);
        let mut tx = place.store.write().await.expect("a transaction");
        let (id, name) = (GroupId::new(NOW, rng), "6E B".to_owned());
        let group = Group { id, school_id: world.school, kind: GroupKind::Class, name };
        assert_eq!(word(groups::create(&mut tx, &group, "hand", NOW).await), Unique::Group);
    }
}
