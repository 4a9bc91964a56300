# Reports to school life, kept chat, test of device and line.

report-title = Report to school life
report-intro = Your report is read by school life and the head, by nobody else. The person concerned will not know that it comes from you.
report-intro-message = You report a message from { $name }. School life will read it with the two messages before and the two after it. { $name } will not know that the report comes from you.
report-intro-person = You report { $name }. School life and the head will read it, nobody else. { $name } will not know that the report comes from you.
report-person = Who?
report-concern = Why?
report-body = What happened
report-body-help = In your own words. Optional for a message or a picture.
report-send = Send to school life
report-do = Report
concern-insult = Insult or mockery
concern-harassment = Harassment
concern-threat = Threat
concern-shocking = Shocking picture or words
concern-intruder = Intruder, or a false name
concern-other = Something else
report-kind-message = A message
report-kind-picture = A picture
report-kind-person = A person
notice-report-kept = Thank you. School life has your report.
notice-report-handled = The report is marked as handled.

reports-title = Reports
reports-intro = What pupils and teachers have reported during a lesson. Each opening is written in the log.
reports-none = No reports.
report-waits = to be handled
report-handled = handled
report-one-title = A report
report-about = Person reported
report-what = What is reported
report-lesson = Lesson
report-made = Reported
report-by = Reported by
report-by-help = This name is known to school life and the head only.
report-words = What is said
report-lines = The message in the chat
report-lines-help = With two messages before and two after it, to the same people; nothing else.
report-it = reported
report-show-picture = Show the picture
report-picture-alt = Picture that came with the report
report-handle = What was done
report-handled-by = Handled { $when } by { $by }.
report-note = Note
report-mark = Mark as handled
told-report = A report was made during a lesson ({ $subject }). It waits for you to read it.
mail-report-subject = A report waits for you to read it
mail-report-text =
    Hello,

    A report was made during a lesson. It can be read in Préau only:

    { $link }
act-report-open = Report opened
act-report-handle = Report handled
act-keeping-chat = Keeping of chats

kept-chat-title = Chat of the lesson
kept-chat-none = There is nothing to read here.
kept-chat-to-leaders = to the teacher
kept-chat-private = private message
kept-chat-to-group = group { $number }
kept-chat-later = What follows
kept-chat-year = This chat is kept until the end of the school year.
kept-chat-days = { $days ->
    [one] This chat is kept for one day.
   *[other] This chat is kept for { $days } days.
}
keeping-title = Keeping of chats
keeping-intro = The chat of a lesson can be read again by its teachers and by the pupils who were there, each what they could read then. After this time it is deleted.
keeping-chat = Keep the chat
keeping-chat-help = Messages that are part of a report stay with it.
keeping-year = until the end of the school year
keeping-days = { $days ->
    [one] one day
   *[other] { $days } days
}

self-test-title = Test my device
self-test-intro = In a minute: what works on this device and this line, what doesn’t, and what to do.
self-test-scriptless = This test needs JavaScript, as live lessons do. Turn it on in this browser, or take another browser.
self-test-run = Begin the test
self-test-devices = Try camera and microphone too (the browser will ask for permission)
self-test-results = Result
self-test-waiting = not tried yet
self-test-running = being tried…
self-test-browser = Browser
self-test-browser-good = This browser can do all that a lesson needs.
self-test-browser-bad = This browser is too old for sound and pictures. Update it, or take a recent Firefox, Chrome, Edge or Safari. Chat and documents work all the same.
self-test-camera = Camera
self-test-camera-good = The camera works: here is its picture.
self-test-camera-denied = The browser has no permission. Click on the sign left of the address, allow the camera, then try again. One can also follow without a camera.
self-test-camera-missing = No camera on this device. One can follow the lesson without.
self-test-camera-bad = The camera does not answer. Close other programs that use it, unplug it and plug it in again, then try again.
self-test-camera-off = Not tried.
self-test-mic = Microphone
self-test-mic-good = The microphone works: you are heard.
self-test-mic-weak = The microphone is there but hears nothing. Speak during the test, check that it is not muted, or choose another one.
self-test-mic-denied = The browser has no permission. Click on the sign left of the address, allow the microphone, then try again. One can also listen without a microphone.
self-test-mic-missing = No microphone on this device. One can listen, raise a hand and write.
self-test-mic-bad = The microphone does not answer. Close other programs that use it, then try again.
self-test-mic-off = Not tried.
self-test-play = Hear my voice again
self-test-playing = playing…
self-test-websocket = Chat and commands
self-test-websocket-good = Chat, raised hands and documents get through.
self-test-websocket-bad = The network blocks the lesson’s connection (WebSocket). Try another network, such as the hotspot of a phone, or ask whoever runs this network.
self-test-udp = Sound and pictures, fast way (UDP)
self-test-udp-good = The fast way is open.
self-test-udp-bad = The network blocks the fast way. If the spare way is open, the lesson gets through all the same, somewhat less well. Otherwise try another network.
self-test-udp-off = This server offers neither sound nor pictures.
self-test-voice = Voice to the server and back
self-test-voice-good = The sound goes there and back without a loss.
self-test-voice-weak = The sound gets through, but some is missing. Go nearer to the Wi-Fi, plug in a cable, or choose “Weak connection” during the lesson.
self-test-voice-bad = The sound does not get here. During the lesson, chat and documents remain.
self-test-voice-off = Not tried: no way is open for sound.
self-test-tcp = Sound and pictures, spare way (TCP)
self-test-tcp-good = The spare way is open.
self-test-tcp-bad = The network blocks the spare way. It is only needed when the fast way is closed.
self-test-tcp-off = Not offered by this server.
self-test-turn = Relay (TURN)
self-test-turn-good = The relay is open: lessons get through even where everything but pages is blocked.
self-test-turn-bad = The network blocks the relay too. It is only needed when the other two ways are closed.
self-test-turn-off = Not offered by this server.
self-test-trip = Time to answer
self-test-trip-good = The server answers quickly.
self-test-trip-weak = The answer is a little slow: there will be a slight delay.
self-test-trip-bad = The answer is slow. Stop downloads, or go nearer to the Wi-Fi.
self-test-down = Speed down
self-test-down-good = Enough for sound, pictures and the teacher’s screen.
self-test-down-weak = Enough for sound and a small picture.
self-test-down-bad = Just enough for voices. Choose “Weak connection” during the lesson.
self-test-up = Speed up
self-test-up-good = Enough to show one’s camera.
self-test-up-weak = Enough to speak, and for a small picture.
self-test-up-bad = Just enough to speak. Better leave the camera off.
self-test-state-good = good
self-test-state-weak = weak
self-test-state-bad = does not work
self-test-state-off = not offered
self-test-state-denied = refused
self-test-state-missing = missing
self-test-state-busy = try again
self-test-busy = Too many tests just now: begin again in a minute.
self-test-all-good = Everything is ready for a lesson.
self-test-some-weak = You can follow a lesson, but something is missing: read below what you can do.
self-test-some-bad = Not everything works: read below what to do.
self-test-send-help = School life can help: it will get this result and the name of the browser, nothing else. It is deleted after 30 days.
self-test-send = Send to school life
self-test-sent = Sent to school life.
self-test-not-sent = Not sent for now. Try again in a moment.
notice-self-test-sent = The result is sent to school life.
self-test-kbps = { $value } kbit/s
self-test-ms = { $value } ms
self-tests-title = Device tests
self-tests-intro = What people have sent to be helped. Deleted after 30 days.
self-tests-none = Nobody has sent a test.
