//! A rehearsal from its plan to its report.

use crate::apart;
use crate::attackers::{Attacker, Field, Toll, Wave, waves};
use crate::consent::{self, Asker, ConsentError, Consented, Terms};
use crate::generator::{Crowd, play};
use crate::limits as l;
use crate::namespace::Namespace;
use crate::people::{Luggage, Scene};
use crate::report::{Facts, PlayedWave, Report};
use crate::server::{Application, BIG_FILE, Behind, Look, Server, ServerError, Sown, Start, Watch, sow};
use crate::tally::{Sums, Tally};
use crate::target::{Destination, OwnTarget};
use crate::wire::{Speech, Trust};
use preau_base::{Clock as _, Instant as WallClock, SystemClock};
use preau_sim::{Person, World};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
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
    /// `PROGRAM gate --upstream` instead, in front of a small application that the rehearsal serves itself.
    pub upstream: bool,
    /// The core that the server has for itself; without one it shares all with the rehearsal.
    pub server_core: Option<u32>,
    /// Plays the same morning without attackers before, so that each attack is compared with the same crowd.
    pub calm_before: bool,
}

/// What the server stands on, and what its people bring.
enum Site {
    Pages(Box<Sown>),
    Behind { behind: Box<Behind>, application: Application },
}

impl Site {
    async fn prepare(plan: &Plan, folder: &Path, world: &World, begins: WallClock) -> Result<Self, ServerError> {
        if !plan.upstream {
            return Ok(Self::Pages(Box::new(Box::pin(sow(folder, world, begins, true)).await?)));
        }
        let behind = Box::new(Behind::prepare(folder, world, begins)?);
        let application = Application::start(behind.accounts).await.map_err(ServerError::Application)?;
        Ok(Self::Behind { behind, application })
    }

    const fn application(&self) -> Option<SocketAddr> {
        match self {
            Self::Pages(_) => None,
            Self::Behind { application, .. } => Some(application.address),
        }
    }

    fn luggage(&self, person: &Person) -> Luggage {
        match self {
            Self::Pages(sown) => sown.luggage(person),
            Self::Behind { behind, .. } => behind.luggage(person),
        }
    }

    /// A file that the server has in memory, or the application behind it.
    const fn big_file(&self) -> &'static str {
        match self {
            Self::Pages(_) => "/accessibility",
            Self::Behind { .. } => BIG_FILE,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Consent(#[from] ConsentError),
    #[error("the rehearsal cannot speak to the server: {0}")]
    Speech(#[from] io::Error),
    #[error("attackers cannot be played: {0}")]
    Attackers(#[source] io::Error),
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
    let attackers = plan.attackers.clone();
    let made = tokio::task::spawn_blocking(move || attackers.into_iter().for_each(Attacker::prepare));
    if let Err(error) = made.await {
        tracing::error!(%error, "an attacker cannot be prepared");
    }
    let calm = match plan.calm_before && !plan.attackers.is_empty() {
        true => Some(Box::pin(morning(plan, world, Attackers::Absent)).await?.sums),
        false => None,
    };
    let Morning { begins, sums, waves, looks, log, not_played, absent } =
        Box::pin(morning(plan, world, Attackers::Present)).await?;
    Ok(Report::of(Facts { plan, world, begins, sums, calm, waves, looks, log, remote: None, not_played, absent }))
}

/// Whether attackers do what is planned, or nothing at the same times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attackers {
    Present,
    Absent,
}

/// What was found in one morning.
struct Morning {
    begins: Instant,
    sums: Sums,
    waves: Vec<PlayedWave>,
    looks: Vec<Look>,
    log: String,
    not_played: Vec<(&'static str, &'static str)>,
    absent: u32,
}

async fn morning(plan: &Plan, world: World, attackers: Attackers) -> Result<Morning, RehearsalError> {
    let namespace = Namespace::current();
    let folder = tempfile::Builder::new().prefix("preau-rehearsal-").tempdir().map_err(ServerError::Folder)?;
    // Lessons are stored with their hours, so the beginning has to be known before the server is there.
    let sowing = Duration::from_millis(4_000 + u64::from(world.people));
    let begins = Instant::now() + sowing;
    let site = Box::pin(Site::prepare(plan, folder.path(), &world, SystemClock.now().plus(sowing))).await?;
    let site = Arc::new(site);
    let start = Start {
        program: &plan.program,
        core: plan.server_core,
        namespace: namespace.as_ref(),
        application: site.application(),
    };
    let server = Server::start(start, folder).await?;
    let begins = if plan.upstream { Instant::now() } else { begins };
    let begins = begins.max(Instant::now() + Duration::from_millis(500));
    let tally = Arc::new(Tally::new(begins));
    let watch = server.pid().map(|pid| Watch::start(pid, server.target.address().port(), server.folder()));
    let speech = Field::speech(server.target, Trust::Unchecked)?;
    let speech_v6 = server.target_v6.map(|target| Field::speech(target, Trust::Unchecked)).transpose()?;
    let owner = site.clone();
    let (able, not_played) = able(&plan.attackers, namespace.as_ref());
    let victim = victim(&world);
    let absent = victim.map(|person| person.number).filter(|_| able.contains(&Attacker::ReplayedPass));
    let crowd = Crowd {
        world,
        speech,
        speech_v6,
        luggage: Box::new(move |person| owner.luggage(person)),
        sockets_at_once_max: l::SOCKETS_AT_ONCE_MAX,
        lessons: !plan.upstream,
        absent,
        own_addresses: true,
    };
    let scene = Arc::new(Scene { tally: tally.clone(), begins, ends: plan.ends(begins), lessons: !plan.upstream });
    let target = server.target;
    let battle =
        Battle { plan: plan.clone(), attackers, able, victim, target, namespace, begins, site, tally: tally.clone() };
    let listening = tokio::spawn(listen_to_the_clock(tally.clone()));
    let battlefield = apart::run("attackers", move || async move { battle.rage().await });
    let (waves, ()) = tokio::join!(battlefield, play(&crowd, scene));
    let waves = waves.map_err(RehearsalError::Attackers)?;
    listening.abort();
    let looks = watch.map(Watch::end).unwrap_or_default();
    let log = server.stop().await;
    Ok(Morning { begins, sums: tally.sums(), waves, looks, log, not_played, absent: u32::from(absent.is_some()) })
}

/// Whose pass and login attackers have: the first that has a pass.
fn victim(world: &World) -> Option<Person> {
    (0..world.people).map(|number| world.person(number)).find(|person| person.has_pass)
}

/// Attackers that can be played here, and why the others cannot.
fn able(attackers: &[Attacker], namespace: Option<&Namespace>) -> (Vec<Attacker>, Vec<(&'static str, &'static str)>) {
    let why = |attacker: &Attacker| attacker.cannot(namespace);
    let able = attackers.iter().copied().filter(|attacker| why(attacker).is_none()).collect();
    (able, attackers.iter().filter_map(|attacker| Some((attacker.name(), why(attacker)?))).collect())
}

/// How late this process is woken: it shares the machine with the server that it measures.
async fn listen_to_the_clock(tally: Arc<Tally>) {
    let pause = Duration::from_millis(l::LAG_LOOK_MS);
    loop {
        let due = Instant::now() + pause;
        sleep_until(due.into()).await;
        tally.lagged(due.elapsed());
    }
}

/// Plays people only, without accounts, against a server whose operator agrees; to the end, or until they do not any more.
/// The report is of what was played.
pub async fn visit(plan: &Plan, terms: &Terms) -> Result<Report, RehearsalError> {
    // Nobody is asked for a plan that cannot be played.
    plan.world()?;
    let agreement = consent::obtain(terms).await?;
    visit_under(plan, terms, agreement).await
}

pub(crate) async fn visit_under(
    plan: &Plan,
    terms: &Terms,
    (consented, mut asker): (Consented, Asker),
) -> Result<Report, RehearsalError> {
    let world = plan.world()?;
    let trust = if terms.plain { Trust::Plain } else { Trust::Unchecked };
    let speech = Speech::new(Destination::Consented(consented), &terms.host, trust)?;
    let begins = Instant::now() + Duration::from_millis(500);
    let tally = Arc::new(Tally::new(begins));
    let crowd = Crowd {
        world: World { passes: 0.0, ..world },
        speech,
        speech_v6: None,
        luggage: Box::new(|_| Luggage::default()),
        sockets_at_once_max: 0,
        lessons: true,
        absent: None,
        own_addresses: false,
    };
    let scene = Arc::new(Scene { tally: tally.clone(), begins, ends: plan.ends(begins), lessons: true });
    tokio::select! {
        () = play(&crowd, scene) => {}
        // Whoever is under way is dropped, with every connection.
        () = asker.over() => {}
    }
    drop(asker);
    let facts = Facts {
        plan,
        world,
        begins,
        sums: tally.sums(),
        calm: None,
        waves: Vec::new(),
        looks: Vec::new(),
        log: String::new(),
        remote: Some(terms.host.clone()),
        not_played: Vec::new(),
        absent: 0,
    };
    Ok(Report::of(facts))
}

/// All attackers of a rehearsal.
struct Battle {
    plan: Plan,
    attackers: Attackers,
    able: Vec<Attacker>,
    victim: Option<Person>,
    target: OwnTarget,
    namespace: Option<Namespace>,
    begins: Instant,
    site: Arc<Site>,
    tally: Arc<Tally>,
}

impl Battle {
    async fn rage(&self) -> Vec<PlayedWave> {
        let mut tasks = JoinSet::new();
        let places = Arc::new(Semaphore::new(l::ATTACKS_CONNECTIONS_AT_ONCE_MAX));
        for (number, wave) in waves(&self.able, self.plan.window).into_iter().enumerate() {
            // All that are played together are one phase for those who come meanwhile.
            let phase = if wave.together { self.able.len() + 1 } else { number + 1 };
            let field = match self.field(number, &wave, places.clone()) {
                Ok(field) => Arc::new(field),
                Err(error) => {
                    tracing::error!(%error, attacker = wave.attacker.name(), "an attacker cannot be played");
                    continue;
                }
            };
            let (begins, tally, attackers) = (self.begins + wave.begins, self.tally.clone(), self.attackers);
            tasks.spawn(async move {
                sleep_until(begins.into()).await;
                tally.enter_phase(phase);
                let in_school = wave.attacker == Attacker::SchoolBots && attackers == Attackers::Present;
                if in_school {
                    tally.bots_come();
                }
                let leave = async {
                    sleep_until((begins + wave.lasts).into()).await;
                    tally.leave_phase(phase);
                    if in_school {
                        tally.bots_go();
                    }
                };
                let fight = async {
                    if attackers == Attackers::Present {
                        wave.attacker.play(field.clone()).await;
                    }
                };
                tokio::join!(fight, leave);
                PlayedWave { number, phase, wave, taken: field.toll.take() }
            });
        }
        let mut played: Vec<PlayedWave> = tasks.join_all().await;
        played.sort_by_key(|wave| wave.number);
        played
    }

    fn field(&self, number: usize, wave: &Wave, places: Arc<Semaphore>) -> io::Result<Field> {
        let per_second = self.plan.attack_per_second.clamp(1, 20_000);
        let luggage = self.victim.map(|person| self.site.luggage(&person)).unwrap_or_default();
        Ok(Field {
            target: self.target,
            speech: Field::speech(self.target, Trust::Careless)?,
            namespace: self.namespace.clone(),
            until: self.begins + wave.begins + wave.lasts,
            per_second,
            addresses: per_second.clamp(4, 400),
            // People have 127.32.0.0 and above.
            network: u8::try_from(1 + wave.attacker as usize % 30).unwrap_or(1),
            toll: Toll::default(),
            places,
            pass: luggage.pass,
            session: luggage.session,
            login: luggage.login,
            big_file: self.site.big_file().to_owned(),
            seed: self.plan.seed.wrapping_add(number as u64),
            holds: wave.attacker.holds_connections(),
        })
    }
}
