# The frame of the class's page: buttons, and why one of them is not for use.

class-more = More
class-more-label = More commands
class-more-news = something new
class-rules = Rules
class-breakouts = Groups
class-polls = Questions
class-notes = Notes
class-toolbox = Tools
class-board = Board
class-lobby = Door
class-recording = Recording
class-reports = Report
class-state-locked = reserved
class-why-mic = The teacher decides who speaks. Raise your hand to ask.
class-why-camera = The teacher does not allow your camera just now.
class-why-screen = Only the teacher shares the screen. Ask if you want to show something.
class-why-hand = Hands cannot be raised for the moment.
class-why-observer = You are here to observe: you see and hear, and you can write to the teachers.
