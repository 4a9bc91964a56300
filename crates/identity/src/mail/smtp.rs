use super::{Mail, MailConfigError, MailRefusal, SmtpConfig, SmtpTls, Undelivered};
use crate::limits::{MAILS_AT_ONCE, MAILS_WAITING_MAX};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{AsyncTransport as _, Tokio1Executor};
use preau_base::{Instant, Pii, Rng};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A mail server, and the places for mails that wait for it.
#[derive(Debug)]
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    retry_after: Vec<Duration>,
    places: Arc<Semaphore>,
    connections: Semaphore,
}

/// `Auto-Submitted: auto-generated` (RFC 3834 §5): keeps holiday answers away.
#[derive(Clone, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Smtp {
    pub(super) fn new(config: SmtpConfig) -> Result<Self, MailConfigError> {
        let from = config.from.parse().map_err(|_| MailConfigError::From { from: config.from.clone() })?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
            .port(config.port)
            .timeout(Some(config.step_timeout))
            .tls(tls(&config)?);
        match (config.user, config.password) {
            (None, None) => {}
            (Some(_), Some(_)) if config.tls == SmtpTls::Plain && !is_this_machine(&config.host) => {
                return Err(MailConfigError::PasswordInTheClear { host: config.host });
            }
            (Some(user), Some(password)) => {
                builder = builder.credentials(Credentials::new(user, password.into_inner()));
            }
            _ => return Err(MailConfigError::Credentials),
        }
        Ok(Self {
            transport: builder.build(),
            from,
            retry_after: config.retry_after,
            places: Arc::new(Semaphore::new(MAILS_WAITING_MAX)),
            connections: Semaphore::new(MAILS_AT_ONCE),
        })
    }

    pub(super) fn send(
        self: Arc<Self>,
        to: Mailbox,
        mail: &Mail,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<(), MailRefusal> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| MailRefusal::Full)?;
        let key = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
        let message = Pii::new(self.message(to, mail, now, key)?);
        self.show_queue();
        tokio::spawn(async move { self.deliver(&message, place).await });
        Ok(())
    }

    fn message(&self, to: Mailbox, mail: &Mail, now: Instant, key: u128) -> Result<Message, MailRefusal> {
        let since = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0));
        let id = format!("<{key:032x}@{}>", self.from.email.domain());
        // A line break would end the header; the subject is one line whatever a name in it holds.
        let subject: String = mail.subject.reveal().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .date(UNIX_EPOCH + since)
            .message_id(Some(id))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.reveal().clone())
            .map_err(|_| MailRefusal::Address)
    }

    /// One try.
    pub(super) async fn deliver_once(
        &self,
        to: Mailbox,
        mail: &Mail,
        key: u128,
        now: Instant,
    ) -> Result<(), Undelivered> {
        let message = self.message(to, mail, now, key)?;
        let away = Undelivered::Server { kind: "closed", for_good: false };
        let _connection = self.connections.acquire().await.map_err(|_| away)?;
        match self.transport.send(message).await {
            Ok(_) => {
                metrics::counter!("preau_mail_sent_total").increment(1);
                Ok(())
            }
            Err(error) => {
                metrics::counter!("preau_mail_retried_total").increment(1);
                Err(Undelivered::Server { kind: kind(&error), for_good: error.is_permanent() })
            }
        }
    }

    /// Tries until the server takes the mail, refuses it for good, or the last wait is over.
    async fn deliver(&self, message: &Pii<Message>, place: OwnedSemaphorePermit) {
        let mut waits = self.retry_after.iter();
        let mut tries: u32 = 1;
        loop {
            let outcome = match self.connections.acquire().await {
                Ok(_connection) => self.transport.send(message.reveal().clone()).await,
                Err(_) => break,
            };
            let Err(error) = outcome else {
                metrics::counter!("preau_mail_sent_total").increment(1);
                break;
            };
            // The server's words may repeat the address; only the kind of error and its code are logged.
            let (kind, status) = (kind(&error), error.status().map(|code| code.to_string()));
            match waits.next() {
                Some(wait) if !error.is_permanent() => {
                    metrics::counter!("preau_mail_retried_total").increment(1);
                    tracing::warn!(
                        kind,
                        status,
                        tries,
                        wait_s = wait.as_secs(),
                        "a mail was not taken; it is tried again"
                    );
                    tries += 1;
                    tokio::time::sleep(*wait).await;
                }
                _ => {
                    metrics::counter!("preau_mail_failed_total").increment(1);
                    tracing::error!(kind, status, tries, "a mail was given up");
                    break;
                }
            }
        }
        drop(place);
        self.show_queue();
    }

    pub(super) async fn drain(&self, within: Duration) -> bool {
        let all = u32::try_from(MAILS_WAITING_MAX).unwrap_or(u32::MAX);
        tokio::time::timeout(within, self.places.acquire_many(all)).await.is_ok()
    }

    fn show_queue(&self) {
        let waiting = MAILS_WAITING_MAX.saturating_sub(self.places.available_permits());
        metrics::gauge!("preau_mail_queue").set(waiting as f64);
    }
}

fn tls(config: &SmtpConfig) -> Result<Tls, MailConfigError> {
    if config.tls == SmtpTls::Plain {
        return Ok(Tls::None);
    }
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|_| MailConfigError::Ca)?);
    }
    let parameters = builder.build_rustls().map_err(|_| MailConfigError::Host { host: config.host.clone() })?;
    Ok(if config.tls == SmtpTls::Implicit { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn kind(error: &SmtpError) -> &'static str {
    if error.is_permanent() {
        "refused"
    } else if error.is_transient() {
        "not-now"
    } else if error.is_timeout() {
        "timeout"
    } else if error.is_tls() {
        "tls"
    } else if error.is_response() {
        "no-smtp"
    } else if error.is_client() {
        "client"
    } else {
        "connection"
    }
}
