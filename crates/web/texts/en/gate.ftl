# The gate's console, and what brown-out changes in the pages.

gate-title = The gate, live
gate-intro = Who is in, who waits, what goes on and why. Each setting acts at once and can be undone at once.
gate-off = The gate is not active on this server: pages are served directly.
gate-as-of = As of { $time }
gate-refresh = Refresh
nav-gate = Gate

gate-verdict-calm = All is calm.
gate-verdict-expected = The crowd is the one that the timetable announced.
gate-verdict-unexpected = Many people arrive whom the timetable did not announce.
gate-verdict-slow = The service is slow by itself: neither the crowd nor an attack explains it.
gate-verdict-attack = Attack under way: { $attack }.
gate-verdict-attacks = Several attacks under way: { $attacks }.
gate-since = since { $time }
gate-grounds = What shows it

gate-attack-connections = flood of connections
gate-attack-handshakes = flood of TLS handshakes
gate-attack-slow = silent or too slow connections
gate-attack-http = flood of requests
gate-attack-cache = ever new requests, to get past caches
gate-attack-http2 = abuse of HTTP/2
gate-attack-large = oversized requests
gate-attack-smuggling = ambiguous requests, to mislead a server
gate-attack-passwords = passwords tried in bulk
gate-attack-tickets = waiting tickets taken in bulk
gate-attack-forged = forged passes
gate-attack-shared = a pass used from too many networks

gate-ground-usual = usually { $usual }
gate-fact-arrivals = New people a minute
gate-fact-known-networks = Share from networks already known
gate-fact-pages-alone = Pages fetched without their files
gate-fact-requests = Requests a second
gate-fact-busiest = Requests a second of the busiest network
gate-fact-turned-away = Refusals a second
gate-fact-connections = Connections a second, { $ended }
gate-fact-new-queries = Requests with parameters never seen
gate-fact-wrong-passwords = Wrong passwords a minute
gate-fact-logins = Logins tried a minute
gate-fact-forged = Forged passes a minute
gate-fact-shared = Networks of one pass in an hour
gate-fact-tickets = Tickets that never came back
gate-fact-latency = Response time
gate-fact-errors = Answers with an error
gate-fact-signature = Requests stopped by signature, a second

gate-sign-connection-refused = refused
gate-sign-handshake-failed = with an unfinished handshake
gate-sign-handshake-only = without a request after the handshake
gate-sign-silent = silent
gate-sign-slow-header = with too slow a header
gate-sign-slow-body = with too slow a body
gate-sign-slow-read = that do not read the answer
gate-sign-bad-request = not understood
gate-sign-smuggling = ambiguous
gate-sign-header-too-large = with an oversized header
gate-sign-body-too-large = with an oversized body
gate-sign-http2-abuse = abusing HTTP/2
gate-sign-wrong-password = with a wrong password

gate-level = Level
gate-level-full = 0 · everything is served
gate-level-light = 1 · lighter pages
gate-level-plain = 2 · without pictures
gate-level-essential = 3 · the essential
gate-level-read-only = 4 · read-only
gate-level-waiting = 5 · newcomers wait
gate-by-hand = held by hand
gate-cause-calm = normal measures
gate-cause-queue = requests wait their turn
gate-cause-latency = answers slower than possible
gate-cause-errors = answers with errors
gate-cause-machine = machine under load
gate-cause-hand = set by hand

gate-inside = Inside
gate-inside-lesson = of whom with a lesson now or soon
gate-waiting = Waiting
gate-known-waiting = of whom known
gate-entered = Entered since the start
gate-rate = Entries a minute
gate-at-work = Requests at work
gate-of-limit = of { $limit } possible
gate-held = held for a moment
gate-latency = Response time
gate-latency-floor = { $floor } at best

gate-curve-title = Arrivals: announced and seen
gate-curve-none = Not enough minutes yet to draw a curve.
gate-curve-expected = announced by the timetable
gate-curve-arrived = seen
gate-curve-entered = entered
gate-curve-say = From { $from } to { $to }: at most { $most } people a minute.

gate-lanes = Lanes, last minute
gate-lane = Lane
gate-lane-lesson = Known, lesson about to start
gate-lane-known = Known
gate-lane-entered = Entered by the waiting room
gate-lane-returning = With a waiting ticket
gate-lane-newcomer = Newcomers
gate-outcome-admitted = admitted
gate-outcome-held = held
gate-outcome-waits = waiting
gate-outcome-away = turned away

gate-reason-not-yet-open = the doors open later
gate-reason-closed = the doors are closed
gate-reason-crowd = crowd
gate-reason-full = the set number is reached
gate-reason-slow = the service is slow
gate-reason-attack = an attack is being held off

gate-signatures = Signatures in force
gate-signatures-none = None.
gate-signature-hits = requests stopped
gate-signature-baseline = share of admitted requests that it would hit
gate-signature-expires = expires at { $time }
gate-signature-pinned = kept
gate-pin = Keep
gate-drop = Drop

gate-networks = Networks most refused, last minute
gate-network = Network
gate-network-requests = requests/s
gate-network-away = refusals/s
gate-network-passes = distinct passes
gate-block = Block for an hour
gate-blocked = Blocked networks
gate-unblock = Unblock

gate-switches = Settings
gate-auto = automatic
gate-set = Apply
gate-set-level = Level of service
gate-set-doors = Doors
gate-doors-open = open
gate-doors-closed = closed
gate-doors-at = open at
gate-set-doors-time = Opening time
gate-doors-help = Known people come in at any hour. Before opening the others take a ticket; their order is drawn by lot.
gate-set-inside = People at once, at most
gate-set-newcomers = Newcomers a minute, at most
gate-set-concurrency = Requests at work, at most
gate-set-empty = Empty: the gate decides by what the service can bear.
gate-set-note = Note for the waiting page
gate-set-priority = Go first
gate-standing-teacher = teachers
gate-standing-pupil = pupils
gate-standing-staff = staff
gate-standing-relative = parents
notice-gate-set = Setting applied.
gate-fault-number = A whole number, or nothing.
gate-fault-time = A time to come, such as 8:00.
gate-fault-refused = Setting refused: { $why }
act-gate-set = Gate set

level-light = Lighter pages: many people are here right now. Lessons go first.
level-read-only = Read-only for the moment: entering a lesson and handing in work go on, the rest will wait a few minutes.
error-shed-title = Not right now
error-shed-what = Many people arrive: lessons go first, and this page waits. Nothing was saved.
error-shed-do = Go back: what you wrote is still there. Try again in a minute.
lesson-waiting-at-gate = { $count ->
    [one] One pupil of this lesson waits at the gate
   *[other] { $count } pupils of this lesson wait at the gate
}
