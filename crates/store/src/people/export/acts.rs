//! What the log of acts has of the person: what they did, and what was done to their account. Not to whom, and not by whom:
//! that is about somebody else.

kinds! { Acts;
    "acts" (done_at: i64, act: String)
        "SELECT at, action FROM audit WHERE actor_id = $1 ORDER BY id LIMIT $2 OFFSET $3";
    "acts-on" (done_at: i64, act: String)
        "SELECT at, action FROM audit WHERE target = (SELECT p.login FROM person p WHERE p.id = $1) \
         ORDER BY id LIMIT $2 OFFSET $3";
}
