//! Placing schools: by what their codes say, or by hand.

use super::{NewTerritory, by_code, create};
use crate::{Conn, StoreError};
use preau_base::{Instant, Rng, SchoolId, TerritoryId};
use preau_school::TerritoryKind;
use preau_school::territory::{Department, commune_code, of_postal_code, of_uai};

async fn ensure(
    conn: &mut Conn,
    kind: TerritoryKind,
    (code, name): (&str, &str),
    parent: Option<TerritoryId>,
    now: Instant,
    rng: &mut dyn Rng,
) -> Result<TerritoryId, StoreError> {
    if let Some(known) = by_code(conn, kind, code).await? {
        return Ok(known.id);
    }
    let id = TerritoryId::new(now, rng);
    create(conn, &NewTerritory { id, kind, code, name, parent }, now).await?;
    Ok(id)
}

async fn ensure_department(
    conn: &mut Conn,
    it: &Department,
    now: Instant,
    rng: &mut dyn Rng,
) -> Result<TerritoryId, StoreError> {
    if let Some(known) = by_code(conn, TerritoryKind::Department, it.code).await? {
        return Ok(known.id);
    }
    let region = ensure(conn, TerritoryKind::Region, (it.region.code, it.region.name), None, now, rng).await?;
    let academy =
        ensure(conn, TerritoryKind::Academy, (it.academy.code, it.academy.name), Some(region), now, rng).await?;
    ensure(conn, TerritoryKind::Department, (it.code, it.name), Some(academy), now, rng).await
}

/// Puts a school into the commune, or else the département, that its school code or its postal code names, and makes the
/// territories that are missing. A school that was placed by hand stays; so does one of which neither says anything.
pub async fn place(
    conn: &mut Conn,
    school: SchoolId,
    (uai, postal_code, city): (Option<&str>, &str, &str),
    now: Instant,
    rng: &mut dyn Rng,
) -> Result<(), StoreError> {
    let Some(department) = uai.and_then(of_uai).or_else(|| of_postal_code(postal_code)) else { return Ok(()) };
    let mut territory = ensure_department(conn, &department, now, rng).await?;
    if !city.trim().is_empty() {
        let code = commune_code(department.code, city);
        territory = ensure(conn, TerritoryKind::Commune, (&code, city.trim()), Some(territory), now, rng).await?;
    }
    execute!(
        conn,
        "UPDATE school SET territory_id = $2, postal_code = CASE WHEN $3 = '' THEN postal_code ELSE $3 END \
         WHERE id = $1 AND placed_by_hand = false",
        school.uuid(),
        territory.uuid(),
        postal_code
    )?;
    Ok(())
}

/// Puts a school where somebody says; `None` lets the feed place it again.
pub async fn place_by_hand(
    conn: &mut Conn,
    school: SchoolId,
    territory: Option<TerritoryId>,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE school SET territory_id = COALESCE($2, territory_id), placed_by_hand = $3 WHERE id = $1",
        school.uuid(),
        territory.map(TerritoryId::uuid),
        territory.is_some()
    )?;
    Ok(())
}
