# Recording of the lesson, captions, interpreter.

class-recorded = Lesson recorded
door-recorded = This lesson is being recorded: your voice will be if you speak, never a pupil’s picture. You can stay muted and write.
class-record-title = Recording the lesson
class-record-what = Recorded are the teachers’ picture, the shared screen, the board, and voices while microphones are open; never a pupil’s picture. Whoever stays muted is not recorded, and can write. The class and its teachers can watch the lesson again for { $days } days.
class-record-start = Start recording
class-record-stop = Stop recording
class-record-on = The lesson is being recorded.
class-record-off = The lesson is not being recorded.
class-record-never = Your school does not allow lessons to be recorded.
class-record-told-on = This lesson is being recorded. Your voice will be if you speak; you can stay muted.
class-record-told-off = The recording has stopped.
class-confirm-record-title = Record this lesson?
class-confirm-record-body = Your picture, the shared screen, the board, the class’s chat and all voices. The pupils and teachers of this lesson can watch it for %days% days. The whole class is told at once.
class-confirm-record-yes = Record
class-captions = Captions
class-captions-on = Show captions
class-captions-size = Size
class-captions-size-1 = normal
class-captions-size-2 = large
class-captions-size-3 = very large
class-captions-write = What is said
class-captions-help = Enter sends the line. Those who have switched captions on read it.
class-interpreter = Sign-language interpreter
class-interpreter-on = Always show the interpreter
class-interpreter-is = %name% interprets this lesson.
class-interpreter-none = There is no interpreter in this lesson.
