//! A rehearsal from its plan to its report.

use crate::attackers::{Attacker, Field, Toll, Wave, waves};
use crate::consent::{self, ConsentError, Terms};
use crate::generator::{Crowd, play};
use crate::limits as l;
use crate::namespace::Namespace;
use crate::people::{Luggage, Scene};
use crate::report::{Facts, PlayedWave, Report};
use crate::server::{Server, ServerError, Sown, Watch, sow};
use crate::tally::Tally;
use crate::target::{Destination, OwnTarget};
use crate::wire::{Speech, Trust};
use preau_base::{Clock as _, SystemClock};
use preau_sim::World;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// One rehearsal.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Before scaling.
    pub people: u32,
    /// The share of them that is played, 0 to 1.
    pub scale: f64,
    /// The window in which they arrive.
    pub window: Duration,
    /// After it, how long those who are still at it may go on.
    pub after: Duration,
    pub seed: u64,
    /// Share of people who hold a pass, 0 to 1.
    pub passes: f64,
    pub attackers: Vec<Attacker>,
    /// Connections or requests that each attacker begins in a second.
    pub attack_per_second: u32,
    /// The program that is started as the server: `PROGRAM serve`.
    pub program: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Consent(#[from] ConsentError),
    #[error("the rehearsal cannot speak to the server: {0}")]
    Speech(#[from] io::Error),
    #[error("{what} must be between {least} and {most}")]
    OutOfRange { what: &'static str, least: u64, most: u64 },
}

impl Plan {
    fn world(&self) -> Result<World, RehearsalError> {
        let people = (f64::from(self.people) * self.scale).round();
        if !(1.0..=f64::from(l::PEOPLE_MAX)).contains(&people) {
            let most = u64::from(l::PEOPLE_MAX);
            return Err(RehearsalError::OutOfRange { what: "people after scaling", least: 1, most });
        }
        if !(5..=l::MINUTES_MAX * 60).contains(&self.window.as_secs()) {
            return Err(RehearsalError::OutOfRange { what: "seconds", least: 5, most: l::MINUTES_MAX * 60 });
        }
        let world = World::new(self.seed, people as u32);
        Ok(World { window: self.window, passes: self.passes.clamp(0.0, 1.0), ..world })
    }

    fn ends(&self, begins: Instant) -> Instant {
        begins + self.window + self.after.min(Duration::from_millis(l::AFTER_WINDOW_MS_MAX))
    }
}

/// Starts a server of our own and plays the plan against it, attackers included.
pub async fn run(plan: &Plan) -> Result<Report, RehearsalError> {
    let world = plan.world()?;
    let namespace = Namespace::current();
    let folder = tempfile::Builder::new().prefix("preau-rehearsal-").tempdir().map_err(ServerError::Folder)?;
    // Lessons are stored with their hours, so the beginning has to be known before the server is there.
    let sowing = Duration::from_millis(4_000 + u64::from(world.people));
    let begins = Instant::now() + sowing;
    let sown = Arc::new(Box::pin(sow(folder.path(), &world, SystemClock.now().plus(sowing), true)).await?);
    let server = Server::start(&plan.program, folder, namespace.as_ref()).await?;
    let begins = begins.max(Instant::now() + Duration::from_millis(500));
    let tally = Arc::new(Tally::new(begins));
    let watch = server.pid().map(|pid| Watch::start(pid, server.folder()));
    let speech = Arc::new(Field::speech(server.target, true)?);
    let speech_v6 = server.target_v6.map(|target| Field::speech(target, true)).transpose()?.map(Arc::new);
    let luggage = sown.clone();
    let crowd = Crowd {
        world,
        speech,
        speech_v6,
        luggage: Box::new(move |person| luggage.luggage(person)),
        sockets_at_once_max: l::SOCKETS_AT_ONCE_MAX,
        own_addresses: true,
    };
    let scene = Arc::new(Scene { tally: tally.clone(), begins, ends: plan.ends(begins) });
    let battle = Battle { plan, world, target: server.target, namespace, begins, sown, tally: tally.clone() };
    let (waves, ()) = tokio::join!(battle.rage(), play(&crowd, scene));
    let looks = watch.map(Watch::end).unwrap_or_default();
    let log = server.stop().await;
    Ok(Report::of(Facts { plan, world, begins, sums: tally.sums(), waves, looks, log, remote: None }))
}

/// Plays people only, without accounts, against a server whose operator agrees.
pub async fn visit(plan: &Plan, terms: &Terms) -> Result<Report, RehearsalError> {
    let world = plan.world()?;
    let (consented, asker) = consent::obtain(terms).await?;
    let trust = if terms.plain { Trust::Plain } else { Trust::Unchecked };
    let speech = Arc::new(Speech::new(Destination::Consented(consented), &terms.host, trust)?);
    let begins = Instant::now() + Duration::from_millis(500);
    let tally = Arc::new(Tally::new(begins));
    let crowd = Crowd {
        world: World { passes: 0.0, ..world },
        speech,
        speech_v6: None,
        luggage: Box::new(|_| Luggage::default()),
        sockets_at_once_max: 0,
        own_addresses: false,
    };
    let scene = Arc::new(Scene { tally: tally.clone(), begins, ends: plan.ends(begins) });
    play(&crowd, scene).await;
    drop(asker);
    let facts = Facts {
        plan,
        world,
        begins,
        sums: tally.sums(),
        waves: Vec::new(),
        looks: Vec::new(),
        log: String::new(),
        remote: Some(terms.host.clone()),
    };
    Ok(Report::of(facts))
}

/// All attackers of a rehearsal.
struct Battle<'a> {
    plan: &'a Plan,
    world: World,
    target: OwnTarget,
    namespace: Option<Namespace>,
    begins: Instant,
    sown: Arc<Sown>,
    tally: Arc<Tally>,
}

impl Battle<'_> {
    async fn rage(&self) -> Vec<PlayedWave> {
        let mut tasks = JoinSet::new();
        let places = Arc::new(Semaphore::new(l::ATTACKS_CONNECTIONS_AT_ONCE_MAX));
        for (number, wave) in waves(&self.plan.attackers, self.plan.window).into_iter().enumerate() {
            // All that are played together are one phase for those who come meanwhile.
            let phase = if wave.together { self.plan.attackers.len() + 1 } else { number + 1 };
            let field = match self.field(number, &wave, places.clone()) {
                Ok(field) => Arc::new(field),
                Err(error) => {
                    tracing::error!(%error, attacker = wave.attacker.name(), "an attacker cannot be played");
                    continue;
                }
            };
            let (begins, tally) = (self.begins + wave.begins, self.tally.clone());
            tasks.spawn(async move {
                sleep_until(begins.into()).await;
                tally.enter_phase(phase);
                let leave = async {
                    sleep_until((begins + wave.lasts).into()).await;
                    tally.leave_phase(phase);
                };
                tokio::join!(wave.attacker.play(field.clone()), leave);
                PlayedWave { number, phase, wave, taken: field.toll.take() }
            });
        }
        let mut played: Vec<PlayedWave> = tasks.join_all().await;
        played.sort_by_key(|wave| wave.number);
        played
    }

    fn field(&self, number: usize, wave: &Wave, places: Arc<Semaphore>) -> io::Result<Field> {
        let per_second = self.plan.attack_per_second.clamp(1, 20_000);
        let victim = (0..self.world.people).map(|n| self.world.person(n)).find(|person| person.has_pass);
        let luggage = victim.map(|person| self.sown.luggage(&person)).unwrap_or_default();
        Ok(Field {
            target: self.target,
            speech: Field::speech(self.target, true)?,
            namespace: self.namespace.clone(),
            until: self.begins + wave.begins + wave.lasts,
            per_second,
            addresses: per_second.clamp(4, 400),
            // People have 127.32.0.0 and above.
            network: u8::try_from(1 + wave.attacker as usize % 30).unwrap_or(1),
            toll: Toll::default(),
            places,
            pass: luggage.pass,
            login: luggage.login,
            big_file: "/accessibility".to_owned(),
            seed: self.plan.seed.wrapping_add(number as u64),
        })
    }
}
