//! Files are read back by another program: Debian's ffmpeg.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a failure is to be seen at once")]

mod ffmpeg;
mod playing;
mod rtp;
