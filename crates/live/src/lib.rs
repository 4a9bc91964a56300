//! Runs lessons: WebSocket sessions drive the classroom, which commands the media.
