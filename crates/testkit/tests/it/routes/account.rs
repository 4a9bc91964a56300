use super::{ANYONE, Case, SIGNED_IN, get, post};

pub(super) fn cases() -> Vec<Case> {
    vec![
        get("/static/{version}/{*name}", |_| "/static/old/app.css".to_owned(), ANYONE),
        get("/favicon.ico", |_| "/favicon.ico".to_owned(), ANYONE),
        post("/language", |_| "/language".to_owned(), |_| vec![("lang", "en".to_owned())], ANYONE),
        get("/accessibility", |_| "/accessibility".to_owned(), ANYONE),
        get("/sign-in", |_| "/sign-in".to_owned(), ANYONE),
        post("/sign-in", |_| "/sign-in".to_owned(), |_| Vec::new(), ANYONE),
        post("/sign-out", |_| "/sign-out".to_owned(), |_| Vec::new(), SIGNED_IN),
        get("/activation", |_| "/activation".to_owned(), ANYONE),
        post("/activation", |_| "/activation".to_owned(), |_| Vec::new(), ANYONE),
        get("/forgotten", |_| "/forgotten".to_owned(), ANYONE),
        post("/forgotten", |_| "/forgotten".to_owned(), |_| Vec::new(), ANYONE),
        get("/reset", |_| "/reset".to_owned(), ANYONE),
        post("/reset", |_| "/reset".to_owned(), |_| Vec::new(), ANYONE),
        get("/setup", |_| "/setup".to_owned(), ANYONE),
        post("/setup", |_| "/setup".to_owned(), |_| Vec::new(), ANYONE),
        get("/account", |_| "/account".to_owned(), SIGNED_IN),
        get("/password", |_| "/password".to_owned(), SIGNED_IN),
        post("/password", |_| "/password".to_owned(), |_| Vec::new(), SIGNED_IN),
        get("/devices", |_| "/devices".to_owned(), SIGNED_IN),
        post("/devices/end", |_| "/devices/end".to_owned(), |_| Vec::new(), SIGNED_IN),
        post("/devices/end-others", |_| "/devices/end-others".to_owned(), |_| Vec::new(), SIGNED_IN),
    ]
}
