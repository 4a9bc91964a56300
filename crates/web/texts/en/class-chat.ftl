# To whom one writes, and how a line goes away.

class-chat-to = To
class-to-class = the whole class
class-to-leaders = teachers only
class-to-colleagues = other teachers
class-to-group = %name%
class-to-person = %name%, privately
class-for-leaders = to teachers
class-for-group = %name%
class-for-person = privately to %name%
class-for-you = privately
class-chat-write-to = Write: %to%
class-chat-message = Your message
class-chat-moved = Careful: what you are writing now goes to: %to%.
class-chat-delete = Delete
class-chat-delete-of = Delete the line of %name%, %time%
class-confirm-delete-title = Delete this line?
class-confirm-delete-body = “%body%” will no longer be seen by anybody. School life can still read it if somebody reports it.
class-confirm-delete-yes = Delete
class-chat-slow = Slow mode: one line every %seconds% s.
class-chat-wait = Slow mode: you can write in %seconds% s.
class-why-chat = The teacher has closed the chat. You can always write to the teachers.
