//! Waiting at the door of the program, over a restart.

use crate::server::{PATIENCE, Server, preau};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

fn doors(data: &Path, value: &str) {
    let set = preau().args(["gate", "set", "doors", value]).env("PREAU_DATA__DIR", data).output().expect("runs");
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
}

/// Looks at the home page with a ticket, and keeps the one that is handed over.
fn look(server: &Server, ticket: &mut String) -> String {
    let address = server.url.replace("http://", "");
    let mut stream = TcpStream::connect(&address).expect("connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let head =
        format!("GET / HTTP/1.0\r\nHost: {address}\r\nAccept: text/html\r\nCookie: preau_ticket={ticket}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    if let Some(given) = answer.split("preau_ticket=").nth(1).and_then(|rest| rest.split(';').next()) {
        given.clone_into(ticket);
    }
    answer
}

/// The attribute of the page that this begins.
fn attribute(page: &str, name: &str) -> String {
    let value = page.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name} in {page}")).to_owned()
}

#[test]
fn whoever_waits_keeps_their_place_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    doors(&data, "closed");
    let mut tickets = vec![String::new(); 3];
    let mut places = Vec::new();
    for ticket in &mut tickets {
        look(&server, ticket);
        let page = look(&server, ticket);
        places.push((attribute(&page, "data-room"), attribute(&page, "data-order")));
    }
    assert_eq!(places.iter().map(|(_, order)| order.as_str()).collect::<Vec<_>>(), ["0", "1", "2"]);
    assert!(server.terminate().success());
    assert!(data.join("gate-line").exists());

    let server = Server::start(&data, &[]);
    for (ticket, place) in tickets.iter_mut().zip(&places) {
        let page = look(&server, ticket);
        assert_eq!(&(attribute(&page, "data-room"), attribute(&page, "data-order")), place);
    }
    doors(&data, "open");
    let begun = Instant::now();
    for ticket in &mut tickets {
        while !look(&server, ticket).contains("preau_entry=") {
            assert!(begun.elapsed() < PATIENCE, "nobody is let in");
        }
    }
    assert!(server.terminate().success());
}
