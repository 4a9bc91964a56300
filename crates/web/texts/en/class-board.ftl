# The board and the documents of the class. %name%, %number% and %count% are filled in by the page itself.

class-board-pages = Pages
class-board-previous = Previous page
class-board-next = Next page
class-board-number = %number% / %count%
class-board-add-page = Add a page
class-board-follow = { $who ->
    [tu] Back to the teacher’s page
   *[vous] Back to the page shown
}
class-board-zoom = Zoom
class-board-zoom-in = Zoom in
class-board-zoom-out = Zoom out
class-board-fit = Whole page
class-board-hide = Hide the board for yourself only
class-board-unhide = See the board again
class-board-tools = Board tools
class-tool-select = Select and move
class-tool-pen = Pen
class-tool-marker = Highlighter
class-tool-line = Straight line
class-tool-arrow = Arrow
class-tool-rectangle = Rectangle
class-tool-ellipse = Ellipse
class-tool-text = Text
class-tool-eraser = Eraser
class-tool-pointer = Pointer
class-board-look = Colour and width
class-board-colours = Colours
class-colour-black = Black
class-colour-blue = Blue
class-colour-red = Red
class-colour-green = Green
class-colour-orange = Orange
class-colour-violet = Violet
class-colour-brown = Brown
class-colour-grey = Grey
class-colour-sky = Sky blue
class-colour-pink = Pink
class-colour-yellow = Yellow
class-colour-white = White
class-board-widths = Width
class-width-thin = Thin
class-width-middle = Medium
class-width-thick = Thick
class-board-fill = Fill shapes
class-board-undo = Undo
class-board-redo = Redo
class-board-no-undo = Nothing to undo.
class-board-no-redo = Nothing to redo.
class-board-picture = Put a picture on the page
class-board-write = Text on the board
class-board-help = By keyboard: Page Down and Page Up to leaf; plus, minus and star for the size. Where the board is open for drawing: digits take the tools, arrows move the cross, Space begins and ends a stroke, the letter O selects the next object, which arrows move and Delete erases, Ctrl Z undoes.
class-board-alt = What is on the board
class-board-drawn-one = 1 drawing on the page.
class-board-drawn-other = %count% drawings on the page.
class-board-coming = The page is coming…
class-board-failed = The page does not come. Trying again in a moment.
class-object-pen = Stroke
class-object-line = Straight line
class-object-arrow = Arrow
class-object-rectangle = Rectangle
class-object-ellipse = Ellipse
class-object-text = Text
class-object-picture = Picture
class-board-new = New whiteboard
class-board-named = Board %number%
class-board-save = Keep for yourself
class-board-save-pdf = All pages as PDF
class-board-save-png = This page as a picture
class-board-saving = Page %number% of %count%…
class-board-saved = Saved in your downloads.
class-board-not-saved = It was not saved. Try again in a moment.

class-documents-add = Show a document
class-documents-file = PDF or picture
class-documents-hint = At most 64 MB and 300 pages. The document is shown only when you choose it.
class-documents-log = In the lesson log of this lesson
class-documents-add-one = Add
class-documents-log-add = Add { $name } to the board
class-documents-leaf = Pages
class-documents-page = Page %number%
class-documents-empty = There is no document and no board yet.
class-documents-show = Show
class-documents-open = Open
class-documents-drop = Remove
class-documents-shown = shown now
class-documents-pages-one = 1 page
class-documents-pages-other = %count% pages
class-documents-sending = Sending…
class-documents-waiting = The connection is lost. Sending will go on by itself.
class-documents-opening = Opening the document…
class-documents-making = Page %number% of %count%…
class-documents-there = “%name%” is ready.
class-documents-cancel = Stop
class-documents-too-large = “%name%” has more than 64 MB. A shorter document, or one with smaller pictures, will pass.
class-documents-not-on-board = The document is ready, but could not be put on the board: there are 24 documents already, or you were no longer in the class. Send it again.
class-documents-disk-full = The server has no room for “%name%”. { $who ->
    [tu] Tell your teacher.
   *[vous] Tell the administrator.
}
class-documents-refused = “%name%” was not taken: the rules of the class have changed, or your session has ended.
class-confirm-deck-title = Remove “%name%”?
class-confirm-deck-body = Its pages and everything drawn on them go from the lesson, for everybody. This cannot be undone.
class-confirm-deck-yes = Remove

# Why a file did not become a document.

document-fault-empty = This file is empty.
document-fault-too-large = This file has more than 64 MB. A shorter document, or one with smaller pictures, will pass.
document-fault-unknown = This file is neither a PDF nor a PNG, JPEG, WebP or GIF picture, whatever its name says. Save it as PDF and send it again.
document-fault-encrypted = This PDF is protected by a password. Save a copy without the password and send that.
document-fault-damaged = This file is damaged: nothing of it can be read. Open it, save it again, and send it again.
document-fault-no-pages = This PDF has no page.
document-fault-too-many-pages = This PDF has { $number } pages, and at most 300 can be shown. Send it in several parts.
document-fault-too-many-pixels = This picture is too large: at most 64 million pixels, and 16,000 on a side.
document-fault-page = Page { $number } of this document cannot be drawn. Save it as PDF again, or without that page.
document-fault-slow = Page { $number } of this document takes too long to draw. Save it as PDF again, or without that page.
document-fault-heavy = Page { $number } of this document takes too much memory. Save it with smaller pictures, or without that page.
document-fault-bulky = The pages of this document are too heavy together. Send it in several parts.
document-fault-untried = The server could not open this file. It is not the file’s fault: try again in a moment.
document-fault-no-room = There is no more room for documents in this lesson.
