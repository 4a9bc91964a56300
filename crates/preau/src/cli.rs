//! The command line.

mod operate;

pub use operate::{Operate, Setting, SignatureAct};

use crate::commands::Checkpoint;
use clap::{Args, Parser, Subcommand, ValueEnum};
use preau_base::LessonId;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Préau: a school at a distance that opens at 9:00 for everyone.
#[derive(Debug, Parser)]
#[command(name = "preau", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// Where the configuration and the data are.
#[derive(Clone, Debug, Default, Args)]
pub struct Place {
    /// Configuration file [default: preau.toml in this folder, if it is there]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data folder; goes over the configuration
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a demonstration school with a lesson that is on now
    Demo(Demo),
    /// Play a morning, with its crowd and its attackers, and report what people met
    Rehearse(Box<Rehearse>),
    /// Serve a school
    Serve {
        #[command(flatten)]
        place: Place,
    },
    /// The configuration: a commented example, a check, what is in force
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Administrators of the whole installation
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Take in people, classes and links from a directory feed
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Activation codes, and who teaches whom
    People {
        #[command(subcommand)]
        command: PeopleCommand,
    },
    /// The change of the school year
    Year {
        #[command(subcommand)]
        command: YearCommand,
    },
    /// Back up while running, check a backup, restore one
    Backup {
        #[command(subcommand)]
        command: BackupCommand,
    },
    /// The gate: alone in front of any web application, or what a running one does
    Gate(Gate),
    /// Sound and pictures of the running server
    Media {
        #[command(subcommand)]
        command: MediaCommand,
    },
    /// Ask the running server how it is (exit code 0: well)
    Health {
        #[command(flatten)]
        place: Place,
    },
    /// The table of routes, one a line: method, path, who may call it
    #[command(hide = true)]
    Routes,
    /// Make pages of the document on standard input; the server runs it for each document, with little memory and little time
    #[command(hide = true)]
    RenderPages,
    /// Look for what would keep the server from working
    Doctor {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Port of the pages (0: any free one)
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// UDP and TCP port of sound and pictures (0: any free one)
    #[arg(long, default_value_t = 4443)]
    pub media_port: u16,
    /// Keep the data here instead of in a folder that is wiped at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// In lean mode: each gets the voices and one picture, as a school on one machine does that says nothing else
    #[arg(long)]
    pub lean: bool,
    /// One password for every account, instead of a new one for each
    #[arg(long, value_name = "PASSWORD")]
    pub password: Option<String>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Rehearse {
    #[command(subcommand)]
    pub command: Option<RehearseCommand>,
    /// People who come in the morning that is meant
    #[arg(long, default_value_t = 5_000)]
    pub people: u32,
    /// The share of them that this machine plays
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// Minutes in which they arrive
    #[arg(long, default_value_t = 10.0)]
    pub minutes: f64,
    /// Share of them who hold a pass from an earlier day
    #[arg(long, default_value_t = 0.7)]
    pub passes: f64,
    /// Attackers, separated by commas; or all, or none
    #[arg(long, value_delimiter = ',', default_value = "all")]
    pub attack: Vec<String>,
    /// Connections or requests that each attacker begins in a second
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    pub attack_rate: u32,
    /// Play the same morning without attackers first, to compare each attack with the same crowd: takes twice the time
    #[arg(long, conflicts_with_all = ["simulate", "remote"])]
    pub calm_before: bool,
    /// A core for the server alone; the rehearsal itself is best started on another, by taskset(1)
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["simulate", "remote"])]
    pub server_core: Option<u32>,
    /// The same seed plays the same people
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write rehearsal.html and rehearsal.json here
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Play in a network namespace of its own: IPv6 homes and the SYN flood need it, and it needs root or user namespaces
    #[arg(long)]
    pub namespace: bool,
    /// Play `preau gate --upstream` in front of a small application instead of Préau's own pages
    #[arg(long, conflicts_with_all = ["simulate", "remote"])]
    pub upstream: bool,
    /// Against the gate's rules alone, in virtual time
    #[arg(long)]
    pub simulate: bool,
    /// With --simulate: what the application can do, 1 for about 15 minutes until all are in
    #[arg(long, default_value_t = 1.0)]
    pub capacity: f64,
    /// People only, against this server, whose operator agrees (needs --consent-key)
    #[arg(long, value_name = "HOST:PORT", requires = "consent_key")]
    pub remote: Option<String>,
    /// The operator's public key
    #[arg(long, value_name = "KEY")]
    pub consent_key: Option<String>,
    /// With --remote: without TLS
    #[arg(long)]
    pub plain: bool,
}

#[derive(Debug, Subcommand)]
pub enum MediaCommand {
    /// Lessons and connections, those that fare worst first; by numbers, nobody is named
    Top {
        #[command(flatten)]
        place: Place,
        /// Everything, as JSON
        #[arg(long)]
        json: bool,
        /// Look again every second, until Ctrl-C
        #[arg(long)]
        watch: bool,
    },
    /// Headers of the packets to and from one connection, as JSON lines: numbers, sizes and times, never what is in them
    ///
    /// Its person's page says so while it goes on, and it is written into the record and the school's log.
    Headers {
        #[command(flatten)]
        place: Place,
        /// The lesson, as `preau media top` shows it
        #[arg(long)]
        lesson: LessonId,
        /// The connection's number there
        #[arg(long)]
        peer: u64,
        /// End after so many packets
        #[arg(long, default_value_t = 2_000)]
        packets: u32,
        /// End after so long
        #[arg(long, default_value_t = 30)]
        seconds: u64,
    },
}

#[derive(Debug, Subcommand)]
pub enum RehearseCommand {
    /// Make a key for a server whose operator agrees to be rehearsed on
    Keygen { file: PathBuf },
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print a configuration with every key, its meaning and its default
    Example,
    /// Read the configuration and say whether it is good
    Check {
        #[command(flatten)]
        place: Place,
    },
    /// Print what is in force and where each value comes from
    Show {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Create an administrator; prints an activation code
    Create {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        login: String,
        #[arg(long, value_name = "NAME")]
        given_name: String,
        #[arg(long, value_name = "NAME")]
        family_name: String,
        #[arg(long)]
        email: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// A full AAF feed: every file of the folder
    Aaf {
        #[command(flatten)]
        place: Place,
        #[arg(value_name = "DIR")]
        feed: PathBuf,
        /// Name of the academy, where one installation takes in the feeds of several: their keys may be the same
        #[arg(long, value_name = "NAME")]
        academy: Option<String>,
        #[command(flatten)]
        options: ImportOptions,
    },
    /// One CSV file of pupils, teachers or parents
    Csv {
        #[command(flatten)]
        place: Place,
        file: PathBuf,
        /// School code (UAI) of the school that the file is about
        #[arg(long, value_name = "UAI")]
        school: String,
        /// Name of the school, when it is not there yet
        #[arg(long, value_name = "NAME")]
        school_name: Option<String>,
        /// Who is in the file, where neither a column nor the headers tell
        #[arg(long, value_enum)]
        table: Option<TableOf>,
        #[command(flatten)]
        options: ImportOptions,
    },
    /// A timetable: EDT in clear (.xml), UDT (.zip or a folder), a calendar (.ics)
    Timetable {
        #[command(flatten)]
        place: Place,
        export: PathBuf,
        /// School code (UAI) of the school whose timetable it is
        #[arg(long, value_name = "UAI")]
        school: String,
        /// The class or group that a calendar is for: it names none itself
        #[arg(long, value_name = "NAME")]
        class: Option<String>,
        /// Show what would change; change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TableOf {
    Pupils,
    Relatives,
    Teachers,
    Staff,
}

#[derive(Clone, Debug, Args)]
pub struct ImportOptions {
    /// Show what would change; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Print sheets of new activation codes to hand out
    Codes {
        #[command(flatten)]
        place: Place,
        /// School code (UAI)
        #[arg(long, value_name = "UAI")]
        school: String,
        /// Only this class or group
        #[arg(long, value_name = "NAME")]
        class: Option<String>,
        /// Whose codes
        #[arg(long, value_enum, default_value_t = Whose::Pupil)]
        profile: Whose,
        /// Also for those who have a password: it stops working
        #[arg(long)]
        renew: bool,
        /// Write a page to print, with a QR code each, instead of plain text
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Make somebody teach a class or group
    Assign {
        #[command(flatten)]
        place: Place,
        /// School code (UAI)
        #[arg(long, value_name = "UAI")]
        school: String,
        /// Login of the teacher
        #[arg(long)]
        teacher: String,
        /// The class or group
        #[arg(long, value_name = "NAME")]
        class: String,
        /// Code or name of the subject
        #[arg(long, default_value = "")]
        subject: String,
        /// As its head teacher too
        #[arg(long)]
        head_teacher: bool,
    },
    /// Find people by a part of their name or login
    Find {
        #[command(flatten)]
        place: Place,
        /// School code (UAI)
        #[arg(long, value_name = "UAI")]
        school: String,
        #[arg(default_value = "")]
        text: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum YearCommand {
    /// Archive a school's classes and groups of past years; do it before the first import of the new one
    Roll {
        #[command(flatten)]
        place: Place,
        /// School code (UAI)
        #[arg(long, value_name = "UAI")]
        school: String,
        /// Say which they are, and leave them
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Whose {
    Pupil,
    Relative,
    Teacher,
    SchoolLife,
    Head,
    Staff,
    Administrator,
}

#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Write database and keys into one archive, and what people have sent into the folder preau-files beside it, while
    /// the server runs. All archives of a folder share it, so each file is copied once
    Create {
        #[command(flatten)]
        place: Place,
        file: PathBuf,
    },
    /// Compare an archive, and the files that it names, with the hashes in it
    Verify { file: PathBuf },
    /// Put an archive and its files into an empty data folder
    Restore {
        #[command(flatten)]
        place: Place,
        file: PathBuf,
        /// Go on when a file is missing beside the archive, or damaged; each is named
        #[arg(long)]
        skip_damaged: bool,
    },
    /// Remove the files that no archive of this folder names any more
    Prune {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Gate {
    #[command(subcommand)]
    pub command: Option<GateCommand>,
    #[command(flatten)]
    pub in_front: InFront,
}

/// The gate in front of an application.
#[derive(Clone, Debug, Args)]
pub struct InFront {
    #[command(flatten)]
    pub place: Place,
    /// The application, such as http://127.0.0.1:8081 [default: upstream.url of the configuration]
    #[arg(long, value_name = "URL")]
    pub upstream: Option<String>,
    /// What is known of the application: moodle, cas, or none
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Address of the pages, once or more [default: server.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Vec<SocketAddr>,
}

#[derive(Debug, Subcommand)]
pub enum GateCommand {
    #[command(flatten)]
    Operate(Operate),
    /// Print what would count as a sign-in and as a sign-out of the application behind
    CheckRules(InFront),
    /// The log of what the gate decided
    Record {
        #[command(subcommand)]
        command: RecordCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// Look for anything that was altered (exit code 0: nothing was)
    Verify {
        #[command(flatten)]
        place: Place,
        /// One part, or a folder of them [default: the folder of this installation]
        #[arg(value_name = "FILE|DIR")]
        path: Option<PathBuf>,
        /// A checkpoint from the server's log, to compare with
        #[arg(long, value_name = "CHAIN:NUMBER:HASH")]
        expect: Vec<Checkpoint>,
    },
}
