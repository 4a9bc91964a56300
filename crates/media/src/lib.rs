//! The forwarding unit: sockets, WebRTC peers, layers and speakers.
