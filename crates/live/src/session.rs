//! One WebSocket: its `hello`, its frames in and out, its end.

mod reader;
mod writer;

use crate::lesson::{Newcomer, ToLesson};
use crate::limits::{CLOSE_WAIT_MAX, HELLO_WAIT_MAX, OWN_QUEUE_MAX, WELCOME_WAIT_MAX};
use crate::live::Live;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use preau_base::{LessonId, PersonId, Pii};
use preau_classroom::limits::PROTOCOL_MIN;
use preau_classroom::wire::{Bye, Command, Hello, Role, parse};
use preau_classroom::{Arrival, Knocker};
use preau_gate::{JoinRefusal, JoinRole, JoinToken};
use preau_school::{GroupKind, MemberRole, Profile};
use preau_store::{Conn, StoreError, failed_tries, groups, lessons, people};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// What goes out to a client.
#[derive(Clone, Debug)]
pub(crate) enum Out {
    Frame(Utf8Bytes),
    /// The last thing.
    Bye(Bye),
}

/// Runs one connection until it ends.
pub(crate) async fn run(live: Live, lesson: LessonId, socket: WebSocket, out_queue_max: usize) {
    let (mut sink, mut stream) = socket.split();
    let hello = match read_hello(&mut stream).await {
        Ok(hello) => hello,
        Err(Some(code)) => return say_bye(&mut sink, &mut stream, code).await,
        Err(None) => return,
    };
    let Admitted { token, name, knocker } = match Box::pin(admit(&live, lesson, &hello)).await {
        Ok(admitted) => admitted,
        Err(code) => return say_bye(&mut sink, &mut stream, code).await,
    };
    let handle = match live.lesson(lesson) {
        Ok(handle) => handle,
        Err(code) => {
            say_bye(&mut sink, &mut stream, code).await;
            return note_failed(&live, token.person, code).await;
        }
    };
    let conn = live.next_conn();
    let (out, from_lesson) = mpsc::channel(out_queue_max);
    let (own, from_reader) = mpsc::channel(OWN_QUEUE_MAX);
    let (end, ended) = oneshot::channel();
    let arrival = Arrival { conn, person: token.person, name, resume: hello.resume, knocker };
    let person = token.person;
    let newcomer = Newcomer { arrival, token, out, end, is_checked: false };
    let arrived = timeout(WELCOME_WAIT_MAX, handle.send(ToLesson::Arrive(Box::new(newcomer)))).await;
    if arrived.is_err() {
        say_bye(&mut sink, &mut stream, Bye::Busy).await;
        return note_failed(&live, person, Bye::Busy).await;
    }
    {
        let reading = reader::read(&live, conn, &handle, &mut stream, own);
        let writing = writer::write(&mut sink, from_lesson, from_reader, ended);
        tokio::pin!(reading, writing);
        tokio::select! {
            code = &mut writing => {
                tracing::debug!(?code, "connection ended");
                if let Some(code) = code {
                    note_failed(&live, person, code).await;
                }
            }
            end = &mut reading => {
                handle.send(ToLesson::Lost { conn }).await;
                if end == reader::End::Said {
                    let _ = timeout(CLOSE_WAIT_MAX, writing).await;
                }
            }
        }
    }
    handle.send(ToLesson::Lost { conn }).await;
    wait_for_close(&mut stream).await;
}

/// The first frame. `Err(None)`: the client has gone already.
async fn read_hello(stream: &mut SplitStream<WebSocket>) -> Result<Box<Hello>, Option<Bye>> {
    let first_text = async {
        loop {
            match stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_)) | Err(_)) => return Err(Some(Bye::BadFrames)),
                Some(Ok(Message::Close(_))) | None => return Err(None),
            }
        }
    };
    let text = timeout(HELLO_WAIT_MAX, first_text).await.map_err(|_| Some(Bye::HelloLate))??;
    match parse(&text).map(|incoming| incoming.command) {
        Ok(Command::Hello(hello)) => Ok(hello),
        _ => Err(Some(Bye::BadFrames)),
    }
}

/// Somebody with a token, as the store knows them: nobody brings a name along.
struct Admitted {
    token: JoinToken,
    name: Pii<String>,
    /// Where somebody comes from who is not expected.
    knocker: Option<Knocker>,
}

/// Checks the token and reads who its person is.
async fn admit(live: &Live, lesson: LessonId, hello: &Hello) -> Result<Admitted, Bye> {
    if hello.protocol < PROTOCOL_MIN {
        return Err(Bye::Reload);
    }
    let token = live.take_token(hello.token.reveal()).map_err(|refusal| {
        tracing::info!(%lesson, %refusal, "join token refused");
        if refusal == JoinRefusal::Full { Bye::Busy } else { Bye::BadToken }
    })?;
    if token.lesson != lesson {
        return Err(Bye::BadToken);
    }
    if !live.may_join(token.person) {
        return Err(Bye::Flood);
    }
    let busy = |error| {
        tracing::error!(%lesson, %error, "cannot read who joins");
        Bye::Busy
    };
    let mut conn = live.parts().store.read().await.map_err(busy)?;
    let person = people::by_id(&mut conn, token.person).await.map_err(busy)?;
    let person = person.filter(|person| !person.is_suspended()).ok_or(Bye::SignedOut)?;
    let name = Pii::new(person.full_name().trim().to_owned());
    let knocker = if token.role == JoinRole::Knocker {
        Some(knocker(&mut conn, lesson, token.person).await.map_err(busy)?.ok_or(Bye::NotOnRoster)?)
    } else {
        None
    };
    Ok(Admitted { token, name, knocker })
}

/// As what somebody of the lesson's school knocks, and from which class; `None`: they are not, or no longer, of the school.
async fn knocker(conn: &mut Conn, lesson: LessonId, person: PersonId) -> Result<Option<Knocker>, StoreError> {
    let Some(lesson) = lessons::by_id(conn, lesson).await? else { return Ok(None) };
    let here: Vec<Profile> = people::affiliations(conn, person)
        .await?
        .into_iter()
        .filter_map(|(school, profile)| (school == lesson.school_id).then_some(profile))
        .collect();
    if here.iter().any(|profile| profile.is_staff()) {
        return Ok(Some(Knocker { role: Role::Observer, origin: String::new() }));
    }
    if !here.contains(&Profile::Pupil) {
        return Ok(None);
    }
    let mut classes = groups::of_person(conn, person, MemberRole::Pupil).await?;
    classes.retain(|group| group.school_id == lesson.school_id && group.kind == GroupKind::Class);
    let origin: Vec<String> = classes.into_iter().map(|class| class.name).collect();
    Ok(Some(Knocker { role: Role::Pupil, origin: origin.join(", ") }))
}

/// Attendance has to be able to tell who came and found no place. What cannot be written down is told in the log: whoever
/// is turned away for the database's sake waits for nothing.
pub(crate) async fn note_failed(live: &Live, person: PersonId, code: Bye) {
    let why = match code {
        Bye::Full => "class-full",
        Bye::Busy => "class-busy",
        _ => return,
    };
    let noted = async {
        let mut tx = live.parts().store.write().await?;
        failed_tries::note(&mut tx, person, live.now(), why).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a failed try was not written for attendance");
    }
}

async fn say_bye(sink: &mut writer::Sink, stream: &mut SplitStream<WebSocket>, code: Bye) {
    writer::say_bye(sink, code).await;
    wait_for_close(stream).await;
}

/// Lets the client answer the Close frame, so that it reads what was sent before.
async fn wait_for_close(stream: &mut SplitStream<WebSocket>) {
    let _ = timeout(CLOSE_WAIT_MAX, async { while let Some(Ok(_)) = stream.next().await {} }).await;
}
