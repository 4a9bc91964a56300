# Signing in, account, password, devices, first start.

continue = Continue
field-missing = Please fill this in.
given-name-label = First name
family-name-label = Last name
login-label = Login
password-label = Password
new-password-label = New password
current-password-label = Current password
to-sign-in = Go to the sign-in page

sign-in-title = Sign in
sign-in-hello = Hello
sign-in-button = Sign in
sign-in-activation = I have an activation code
sign-in-forgotten = Forgotten password
shared-device-label = Shared device
shared-device-help = You are signed out when the browser closes.
sign-in-wrong = Wrong login or password. First time here? You need your activation code first.
sign-in-suspended = This account is suspended. Please ask your school.
sign-in-too-many = Too many tries in a row. The account is not locked: try again in { $wait }.
sign-in-busy = Many people are signing in at once. The password has not been checked: try again in { $wait }.

activation-title = Activate the account
activation-what = The code is on the sheet that the school has handed out. It works once.
activation-label = Activation code
activation-help = Fifteen letters and digits, like K7PMA-R4X9Q-WTEHD. Dashes and capitals don’t matter.
activation-length = A code has fifteen letters and digits: some are missing, or there are too many.
activation-character = No code contains “{ $letter }”. Please check this character.
activation-mistyped = One character is wrong, or two are swapped. Please check the code.
activation-unknown = This code no longer works: it was used or replaced, or is more than fourteen days old. Ask the school for another one.
choose-password-title = Hello { $name }
choose-password-what = Choose the password of the account. You are signed in right after.
login-yours-label = Your login
login-yours-help = Remember it: you need it each time you sign in.
choose-password-button = Save and come in
password-help = At least { $chars } characters. Three words that don’t go together are easy to remember and hard to guess.
password-too-short = Too short: at least { $chars } characters are needed.
password-too-long = Too long: at most { $chars } characters.
password-like-login = This password looks like the login. Choose something else.
password-common = This password is among the first that people try. Choose something else.
password-simple = A sequence, a repetition or a date is easy to guess. Choose something else.
notice-password-chosen = The password is saved.

reset-title = New password
reset-what = The link in the message has filled in this field. It works once, for one hour.
reset-label = Code of the link
reset-help = It is the part of the link after the # sign.
reset-unknown = This link no longer works: it was used or replaced, or is more than one hour old. Ask for another one.

forgotten-title = Forgotten password
forgotten-what = A link to choose another one goes to the address that the school has on file.
forgotten-label = Login or e-mail address
forgotten-button = Send me a link
forgotten-sent = If there is such an account and the school knows its address, a message is on its way. The link works once, for one hour. Look into your spam folder too.
forgotten-people = Pupils and parents: a teacher or the school office can give you a new activation code. Staff: your school’s administrator.
mail-reset-subject = Choose a new password
mail-reset-text = Hello { $name },

    Somebody, probably you, has asked for a new password for the account { $login }. Open this link to choose it. It works once, for { $minutes } minutes:

    { $link }

    If it was not you, do nothing: your password stays as it is.

account-name = Name
account-school = School
account-email = E-mail address
account-no-email = The school knows none.

password-title = Change password
password-what = Your other devices will be signed out.
password-button = Change the password
current-password-wrong = This is not your current password.
notice-password-changed = The password is changed, the other devices are signed out.

devices-title = My devices
devices-what = The browsers in which you are signed in. If one of them is not yours, sign it out and change your password.
devices-this = this device
devices-shared = shared device
devices-since = signed in { $moment }
devices-unknown-browser = Unknown browser
devices-end = Sign out
devices-end-others = Sign out all others
notice-device-ended = The device is signed out.
notice-devices-ended = The other devices are signed out.
notice-signed-out = You are signed out.

setup-title = First start
setup-what = This page creates the school and its first administrator. The link works once, for thirty minutes; sending the form uses it up, opening the page does not.
setup-school = The school
setup-school-label = Name of the school
setup-city-label = Town (optional)
setup-uai-label = School code, UAI (optional)
setup-uai-help = Seven digits and a letter, like 0040001A. Directories know the school by it.
setup-uai-wrong = A school code has seven digits and a letter.
setup-person = The first administrator
setup-login-help = If left empty: firstname.lastname.
setup-login-wrong = A login has only letters without accents, digits, dots and hyphens.
setup-taken = This login, or this school code, is taken.
setup-secret-label = Code of the link
setup-secret-help = Filled in by the link shown at the start; otherwise it is the part after the # sign.
setup-secret-unknown = This link no longer works: it was used or is more than thirty minutes old. Restart the program to get another one.
setup-button = Create the school
notice-setup-done = The school is ready.

accessibility-title = Accessibility statement
accessibility-state-title = State of compliance
accessibility-state = No audit against RGAA 4.1 has taken place yet: the service therefore declares itself not compliant, whatever the tests below show.
accessibility-done-title = What is done
accessibility-done = All pages work with the keyboard and without JavaScript, except for the live class; they adapt to a screen of 320 pixels, to a zoom of 200%, to dark mode and to reduced motion. Forms name their fields and their errors.
accessibility-known-title = What is missing
accessibility-known = The live class has neither subtitles nor sign language; it can be followed in writing too, in the chat.
accessibility-contact-title = Report a defect
accessibility-contact = Please tell the school, which must answer and offer the content in another form.
accessibility-appeal = Without an answer, people in France can turn to the Défenseur des droits: formulaire.defenseurdesdroits.fr, or by telephone on 09 69 39 00 00.
