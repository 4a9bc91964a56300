use super::Mail;
use crate::limits::SINK_MAILS_MAX;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Where the mail of a demonstration or a test ends up; at most [`SINK_MAILS_MAX`] mails, the oldest goes first.
#[derive(Clone, Debug, Default)]
pub struct MailSink(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    mails: Mutex<VecDeque<Mail>>,
    arrived: Notify,
}

impl MailSink {
    pub(super) fn push(&self, mail: Mail) {
        let mut mails = self.0.mails.lock().unwrap_or_else(PoisonError::into_inner);
        if mails.len() >= SINK_MAILS_MAX {
            mails.pop_front();
        }
        mails.push_back(mail);
        drop(mails);
        self.0.arrived.notify_one();
    }

    /// Takes the oldest mail out, if there is one.
    pub fn take(&self) -> Option<Mail> {
        self.0.mails.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Takes the oldest mail out, or waits for the next; put a deadline around it.
    pub async fn next(&self) -> Mail {
        loop {
            let arrived = self.0.arrived.notified();
            if let Some(mail) = self.take() {
                return mail;
            }
            arrived.await;
        }
    }
}
