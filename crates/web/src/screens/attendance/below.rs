//! Pupils of a territory who were not reached, in numbers: by the territories below it, by school, and what was tried.

use super::not_reached::{DAYS_CHOICES, Since, attempts};
use crate::ids::Id;
use crate::paging::Paging;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::TerritoryId;
use preau_school::Act;
use preau_store::follow_ups::{self, OfSchool};
use preau_store::limits::TERRITORY_SCHOOLS_MAX;
use preau_store::territories::{self, Territory};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "attendance/below.html")]
struct BelowPage<'a> {
    page: &'a Page,
    territory: Territory,
    days: i64,
    days_choices: [i64; 5],
    all: Numbers,
    parts: Vec<Part>,
    schools: Vec<OfSchool>,
    paging: Paging,
    attempts: Vec<(String, i64)>,
}

/// Pupils of a school or a territory.
#[derive(Clone, Copy, Default)]
struct Numbers {
    pupils: i64,
    not_reached: i64,
    never: i64,
    tried: i64,
    followed: i64,
}

impl Numbers {
    const fn add(&mut self, school: &OfSchool) {
        self.pupils += school.pupils;
        self.not_reached += school.not_reached;
        self.never += school.never;
        self.tried += school.tried;
        self.followed += school.followed;
    }
}

/// A territory below.
struct Part {
    territory: Territory,
    numbers: Numbers,
}

/// `GET /territories/{id}/not-reached?days=3`.
pub(crate) async fn show(member: Member, Id(id): Id<TerritoryId>, asked: Fields) -> Answer {
    member.may(Act::SeeTerritory(id))?;
    let mut conn = member.app().store.read().await?;
    let territory = territories::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let since = Since::asked(&member, &asked)?;
    let mut schools = follow_ups::by_school(&mut conn, id, since.start(), member.now()).await?;
    let (mut all, mut by_part): (_, HashMap<TerritoryId, Numbers>) = (Numbers::default(), HashMap::new());
    for school in &schools {
        all.add(school);
        if let Some(top) = school.top() {
            by_part.entry(top).or_default().add(school);
        }
    }
    let below = territories::children(&mut conn, Some(id)).await?;
    let part = |it: territories::Listed| {
        let numbers = by_part.get(&it.territory.id).copied()?;
        Some(Part { territory: it.territory, numbers })
    };
    let mut parts: Vec<Part> = below.into_iter().filter_map(part).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.numbers.not_reached));
    let days = since.days.to_string();
    let path = format!("/territories/{id}/not-reached");
    let mut paging = Paging::of(&asked, TERRITORY_SCHOOLS_MAX, path, &[("days", &days)]);
    let from = usize::try_from(paging.offset()).unwrap_or(usize::MAX).min(schools.len());
    schools.drain(..from);
    paging.cut(&mut schools);
    let attempts = attempts(&member, follow_ups::attempts_below(&mut conn, id, since.at).await?);
    member.html(&BelowPage {
        page: &member.page,
        territory,
        days: since.days,
        days_choices: DAYS_CHOICES,
        all,
        parts,
        schools,
        paging,
        attempts,
    })
}
