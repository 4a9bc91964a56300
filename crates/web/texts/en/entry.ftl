# Coming into class: knocking at the door, guests, preparation.

door-knocks = This lesson is not on your timetable. If you go in, you knock at the door: a teacher sees your name and class, and decides.
door-guest = You are a guest. A teacher will let you in; everybody sees that you are one.

error-not-invited-title = This page takes an invitation
error-not-invited-what = This browser knows of no invitation that stands: it may have been taken back, or opened on another device.
error-not-invited-do = Open the link of your invitation on the device that you came in with, or ask whoever invited you for a new one.

guest-name = { $name } (guest)
guest-title = Invitation into class
guest-who = { $guest }, you are invited by { $inviter }.
guest-open = This link is personal. It is good once, on the device with which you come in.
guest-enter = Go in
guest-cookie = A cookie keeps your place until the browser is closed; it opens nothing but this lesson.
guest-mine = You have used this link on this device already.
guest-back = Back to class
guest-revoked = This invitation was taken back.
guest-used = This link was used before, on another device. Take that device, or ask whoever invited you for a new link.
guest-expired = This link is no longer good. Ask whoever invited you for a new one.
guest-too-early = The class is not open yet. Come back with this link a quarter of an hour before it begins.
guest-cancelled = This lesson is cancelled.
guest-over = This lesson is over. Thank you for your visit!

guests-link-to = Invite somebody
guests-title = Guests
guests-what = An invitation is personal: one name, this lesson, one device. At the door it is you who lets in.
guests-list = People invited
guests-state-open = link not used yet, good until: { $moment }
guests-state-entered = link used: { $moment }
guests-state-expired = link expired
guests-state-revoked = invitation taken back
guests-revoke = Take back
guests-new = Invite somebody
guests-name = Given and family name
guests-name-help = This is the name that the class sees, with “Guest”.
guests-email = E-mail address
guests-email-help = The link is sent there. Without an address you hand it over yourself.
guests-email-none = This server sends no mail: hand the link over yourself.
guests-until = The link is good
guests-until-lesson = Until the end of the lesson
guests-until-day = For 24 hours
guests-invite = Invite
guests-make = Make the link
guests-over = This lesson is over or cancelled: nobody can be invited any more.
guests-made = The invitation of { $name } is ready
guests-link = Personal link
guests-link-help = It is shown this once. Whoever opens it first is the guest: give it to that person only.
guests-copy = Copy the link
guests-copied = Copied.
guests-mailed = It was sent to { $address }.
notice-guests-full = This lesson has as many invitations as it can.
notice-guest-revoked = The invitation is taken back.

streams-link-to = Stream from OBS
streams-title = Stream from a program
streams-what = OBS or ffmpeg gives the class what you have it show, like a shared screen with its sound; a player takes the main picture and the voices out of the class, for a projector, say. It needs a key, and you have to be in class yourself: when you leave, it stops. The whole class sees that it is there.
streams-list = Your keys for this lesson
streams-direction = The key is for
streams-direction-publish = publishing into the class
streams-direction-play = playing the class
streams-name = Name
streams-name-help = To know it again in the list: “OBS at my desk”, “Projector”.
streams-new = New key
streams-make = Make the key
streams-until = good until: { $moment }
streams-used = last connected: { $moment }
streams-revoke = Take back
streams-made = The key “{ $name }” is ready
streams-address = Address of the server
streams-key = Key (bearer token)
streams-key-help = It is shown this once. Whoever has it acts in your name in this lesson: give it to nobody, and take it back if it got lost.
streams-copy = Copy the key
streams-obs-service = In OBS 30 or newer: Settings, Stream, service “WHIP”; paste the address, then the key as “Bearer Token”.
streams-obs-encoder = Output: x264 or a hardware H.264 encoder, at most 1,500 kbit/s, a keyframe every 2 seconds, no B-frames.
streams-obs-start = Go into class, mute the page’s microphone if OBS takes your voice already, then start streaming.
streams-play-how = Give address and key to a player that speaks WHEP. Your own voice does not come out of it: you will hear no echo of yourself.
notice-streams-full = You have as many keys for this lesson as you can: take one back.
notice-stream-revoked = The key is taken back, and what went through it is cut.

mail-guest-subject = Invitation into class: { $lesson }
mail-guest-text = Dear { $name },

    { $inviter } invites you into a class at a distance: { $lesson }, { $moment } ({ $school }).

    Your personal link:
    { $link }

    It is good once, on the device with which you come in. Don’t pass it on.

setup-link = Prepare the class
prepare-title = Prepare the class
setup-begun = Somebody has been in class already. Rules and groups are now changed in the class itself; what is saved here holds for the next lessons. Those who help count at once.
setup-rules = Rules
setup-may = Pupils and guests may
setup-may-mic = speak
setup-may-camera = show their camera
setup-may-screen = show their screen
setup-may-chat = write to the class
setup-may-private = write to one another
setup-may-hand = raise their hand
setup-may-react = react
setup-may-board = draw on the board
setup-may-notes = write in the shared notes
setup-may-leaf = leaf through documents
setup-entry = At entry
setup-entry-muted-at-entry = microphones are off
setup-entry-locked = the class is locked: latecomers knock at the door
setup-cameras-seen = Who sees the pupils’ cameras
setup-seen-all = The whole class
setup-seen-leaders = Teachers only
setup-cameras-max = Pupils’ cameras at a time
setup-slow-s = Between two messages of one person
setup-slow = { $seconds ->
    [0] No wait
   *[other] { $seconds } seconds
}
setup-alone = Minutes without a teacher
setup-alone-help = After so long without any teacher, everybody waits again.
setup-number-fault = A number from { $least } to { $most }.
setup-groups = Breakout groups
setup-group-names = Names of the groups
setup-group-names-help = One a line, 12 at the most. Groups do not open by themselves.
setup-groups-fault = 12 groups at the most, with names of 100 characters at the most.
setup-pupils = Put pupils into groups
setup-no-group = no group
setup-group = Group { $number }
setup-helpers = People who help
setup-helpers-what = A colleague, an assistant, somebody who observes, captions or interprets. They come in without knocking.
setup-helper = Name of person { $number }
setup-help = Role of person { $number }
setup-help-co-teacher = teaches with me
setup-help-assistant = assists
setup-help-observer = observes
setup-help-captioner = writes captions
setup-help-interpreter = interprets into sign language
setup-helper-unknown = Nobody of that name in the school, or several: choose from the list.
setup-keep = Save
setup-scope = This holds
setup-scope-lesson = for this lesson only
setup-scope-class = for this class and subject from now on
notice-setup-saved = Saved.

class-at-door-title = You are at the door
class-at-door-body = A teacher has to let you in. They see that you wait; stay on this page.
class-at-door-knocks = This lesson is not yours: a teacher decides whether you come in. They see your name and class; stay on this page.
class-at-door-guest = A teacher will let you in. They see your name and that you are a guest; stay on this page.
class-guest = Guest
class-knocks = %name% (%origin%) is at the door.
class-lobby-admit = Let in
class-lobby-admit-listed = Let in everybody of the class
class-lobby-count-one = One person is at the door.
class-lobby-count-other = %count% people are at the door.
class-lobby-empty = Nobody is at the door.
class-lobby-listed = of this class
class-lobby-lock = Lock
class-lobby-lock-title = Lock
class-lobby-locked = The class is locked: whoever has not been in yet stays at the door.
class-lobby-open = Look
class-lobby-refuse = Refuse
class-lobby-school = of the school
class-lobby-since = at the door since %time%
class-lobby-staff = staff
class-lobby-unlock = Unlock
class-lobby-unlocked = The class is open: its pupils come in by themselves, others knock.
class-confirm-refuse-title = Refuse %name%?
class-confirm-refuse-body = This person will not come into this lesson, and can knock no more.
class-confirm-refuse-yes = Refuse
class-guest-name = %name% (guest)
home-helped = Lessons where you help
told-helps = { $teacher } counts on your help: { $subject }, { $groups }, { $starts_at }.
