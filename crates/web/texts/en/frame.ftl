# What every page says. $who: tu for pupils, vous for adults and unknown people; English rarely needs it.

skip-to-content = Skip to content
demo-banner = Demonstration: the people and the lessons are made up.
nav-main = Main navigation
nav-today = Today
nav-account = My account
sign-out = Sign out
accessibility-link = Accessibility: not compliant
back = Back
cancel = Cancel
save = Save

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
day-today = today
day-tomorrow = tomorrow
day-yesterday = yesterday
moment = { $day } at { $time }

error-home = Go to the home page
error-kept = Read what is kept on this device
error-number = Error { $number }
error-reference = reference { $reference }
wait-seconds = { $count ->
    [one] one second
   *[other] { $count } seconds
}
wait-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
error-retry = You can try again in { $wait }.
error-not-found-title = Page not found
error-not-found-what = This page does not exist, or no longer does.
error-not-found-do = Check the address, or start again from the home page.
error-role-title = Restricted page
error-role-what = { $who ->
    [tu] This page is for other people of the school.
   *[vous] This page takes another role in the school than yours.
}
error-role-do = { $who ->
    [tu] If you think this is a mistake, tell a teacher or the school office.
   *[vous] If you need it, ask your school’s administrator.
}
error-not-on-roster-title = This lesson is not yours
error-not-on-roster-what = { $who ->
    [tu] This lesson belongs to another class: only its pupils and teachers come in.
   *[vous] Only the pupils and teachers of this lesson come in.
}
error-not-on-roster-do = { $who ->
    [tu] Your lesson is on the home page. If it isn’t there, tell the school office.
   *[vous] Your lessons are on the home page. If one is missing, tell your school’s administrator.
}
error-too-early-title = The lesson has not started
error-too-early-what = You can come in a quarter of an hour before it starts.
error-too-early-do = Come back a little before the hour: the button will be on the home page.
error-over-title = The lesson is over
error-over-what = The class is closed, nobody comes in any more.
error-over-do = The rest of your day is on the home page.
error-cancelled-title = The lesson is cancelled
error-cancelled-what = The school has cancelled this lesson.
error-cancelled-do = The rest of your day is on the home page.
error-removed-title = A teacher has removed you from the class
error-removed-what = You cannot come back during this lesson.
error-removed-do = { $who ->
    [tu] If you don’t understand why, speak to your teacher or to the school office.
   *[vous] If you don’t understand why, speak to the teacher of this lesson.
}
error-relative-title = This lesson is for the class
error-relative-what = Only the pupils and teachers of a lesson come in: your child goes in with an account of their own.
error-relative-do = Your child’s lessons and homework are on the home page. If something is missing, ask the school.
error-sign-in-title = Please sign in
error-sign-in-what = Nobody is signed in on this device, or the session has ended. Nothing was saved.
error-sign-in-do = Sign in, then do it again.
error-method-title = That cannot be done
error-method-what = This address is not to be asked in this way.
error-method-do = Start again from the home page.
error-foreign-title = This form is out of date
error-foreign-what = This form was opened before somebody signed in or out, or does not come from our pages. Nothing was saved.
error-foreign-do = Go back to the page before, reload it, and do it again.
error-too-large-title = Too much at once
error-too-large-what = What was sent is larger than allowed. Nothing was saved.
error-too-large-do = Go back to the page before and send less at a time.
error-malformed-title = Request not understood
error-malformed-what = The server did not understand what was sent. Nothing was saved.
error-malformed-do = Go back to the page before, and do it again.
error-too-many-title = Too many tries
error-too-many-what = There were too many tries in a row. The account is not locked; it only takes a little waiting.
error-too-many-do = Wait, then try again. A device on which you have signed in before waits less.
error-busy-title = Many people at once
error-busy-what = Everybody is signing in at the same moment. The password has not been checked yet, and nothing is lost.
error-busy-do = Go back to the page before in a moment, and try once more.
error-unavailable-title = The service is catching its breath
error-unavailable-what = The data does not answer right now. What was confirmed is kept; what was just sent may not be.
error-unavailable-do = There is no need to keep reloading: wait a little, then check.
error-disk-full-title = The server has no room left
error-disk-full-what = The server has no room left: nothing of what was just sent is saved. Everything that was confirmed is kept.
error-disk-full-do = Tell your school, and try again a little later.
error-internal-title = A mistake of ours
error-internal-what = The page could not be made. What was confirmed is kept.
error-internal-do = Try again in a moment. If it goes on, give your school the reference below.
