//! Every text of the gate's pages, in both languages: a language that lacks one does not compile.
//!
//! `%name%` stands for a value. Nobody is known yet, so everybody is spoken to as an adult.

use super::Lang;
use preau_gate::{Away, Reason};

/// A heading and what explains it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub heading: &'static str,
    pub lead: &'static str,
}

#[derive(Debug)]
pub(super) struct Texts {
    pub in_line: &'static str,
    pub inside: &'static str,
    pub opens_at: &'static str,
    pub opens_later: &'static str,
    pub closed: &'static str,
    pub moment: Words,
    pub sign_in_again: Words,
    pub reasons: [&'static str; Reason::ALL.len()],
    pub away: [Words; Away::ALL.len()],
    /// After the number of people ahead: one, and several.
    pub ahead_one: &'static str,
    pub ahead_other: &'static str,
    pub next: &'static str,
    /// Whoever is next while nobody can say when.
    pub first: &'static str,
    pub soon: &'static str,
    pub entry: &'static str,
    pub entry_unknown: &'static str,
    pub longer: &'static str,
    pub new_ticket: &'static str,
    pub before_opening: &'static str,
    pub draw_link: &'static str,
    pub no_ticket: &'static str,
    pub place: &'static str,
    pub turn: &'static str,
    pub lesson: &'static str,
    pub lesson_begins: &'static str,
    pub lesson_began: &'static str,
    pub teacher: &'static str,
    pub teacher_told: &'static str,
    pub hint_sign_in: &'static str,
    /// Before doors that are shut.
    pub hint_staff: &'static str,
    /// Before doors that are shut, signed in.
    pub hint_early: &'static str,
    pub hint_close: &'static str,
    pub hint_close_early: &'static str,
    pub hint_inside: &'static str,
    pub hint_reload: &'static str,
    pub hint_tabs: &'static str,
    pub hint_form: &'static str,
    pub hint_again: &'static str,
    pub hint_shared: &'static str,
    pub note: &'static str,
    pub lightened: &'static str,
    pub entered: &'static str,
    pub sign_in: &'static str,
    pub kept: &'static str,
    pub kept_link: &'static str,
    pub offline: &'static str,
    pub stopped: &'static str,
}

impl Texts {
    pub(super) const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Fr => &FR,
            Lang::En => &EN,
        }
    }

    pub(super) const fn reason(&self, reason: Reason) -> &'static str {
        self.reasons[reason as usize]
    }

    pub(super) const fn away(&self, away: Away) -> Words {
        self.away[away as usize]
    }
}

static FR: Texts = Texts {
    in_line: "Vous êtes à l’abri, votre place est gardée",
    inside: "Un instant, on vous fait de la place",
    opens_at: "Les portes ouvrent à %time%",
    opens_later: "Les portes ne sont pas encore ouvertes",
    closed: "L’entrée est fermée pour le moment",
    moment: Words {
        heading: "Un instant",
        lead: "Le service est très sollicité. Rien n’est perdu : la page s’ouvrira d’elle-même.",
    },
    sign_in_again: Words {
        heading: "Connectez-vous de nouveau",
        lead: "Votre session est utilisée depuis trop d’endroits à la fois. Pour protéger votre compte, nous vous demandons \
               de vous identifier. Si ce n’était pas vous, changez ensuite votre mot de passe.",
    },
    reasons: [
        "Vous êtes en avance et déjà à l’abri : votre place est gardée.",
        "L’établissement a fermé l’entrée. Cette page s’ouvrira d’elle-même à la réouverture.",
        "Beaucoup de monde arrive en même temps. Ceux dont le cours commence passent en premier.",
        "Toutes les places sont prises. Dès que quelqu’un sort, la personne suivante entre.",
        "Le service répond lentement. Il laisse entrer moins de monde à la fois, pour que tout continue de fonctionner.",
        "Le service fait face à un afflux anormal, peut-être une attaque. On entre plus lentement ; vous ne perdez pas \
         votre place.",
    ],
    away: [
        Words {
            heading: "Trop de demandes de cette adresse",
            lead: "Beaucoup de demandes sont venues de votre connexion en peu de temps. D’autres personnes la partagent \
                   peut-être avec vous.",
        },
        Words {
            heading: "Cette demande ressemble à une attaque",
            lead: "Une attaque est en cours et votre demande lui ressemble. Si vous êtes là pour de bon, nous en sommes \
                   désolés : attendez un peu, la page réessaie d’elle-même.",
        },
        Words {
            heading: "Ce réseau est bloqué",
            lead: "Le service n’accepte pas, pour un temps, les demandes de ce réseau. Si c’est une erreur, \
                   prévenez votre établissement, ou passez par une autre connexion.",
        },
        Words {
            heading: "Un instant",
            lead: "Le service est très sollicité. Rien n’est perdu : la page s’ouvrira d’elle-même.",
        },
        Words {
            heading: "Connectez-vous d’abord",
            lead: "Cette partie du service n’est ouverte qu’aux personnes connectées.",
        },
    ],
    ahead_one: "personne devant vous",
    ahead_other: "personnes devant vous",
    next: "C’est bientôt à vous",
    first: "Vous êtes en tête de la file",
    soon: "entrée dans moins d’une minute",
    entry: "entrée vers %about%, au plus tard vers %at_most%",
    entry_unknown: "heure d’entrée pas encore connue",
    longer: "C’est plus long qu’annoncé, nous en sommes désolés. Voici la nouvelle heure.",
    new_ticket: "Votre place est prise. Elle comptera dès que la page se sera rechargée, dans %wait%. Votre navigateur \
                 doit accepter les cookies.",
    before_opening: "Ceux qui arrivent avant l’ouverture entrent dans un ordre tiré au sort à ce moment-là : \
                     inutile de se presser, et chacun peut vérifier le tirage.",
    draw_link: "Voir le tirage au sort",
    no_ticket: "La file est pleine. Gardez cette page ouverte : elle demandera une place dès qu’il y en aura.",
    place: "Votre place",
    turn: "On en est à",
    lesson: "Votre cours",
    lesson_begins: "commence à %time%",
    lesson_began: "a commencé à %time%",
    teacher: "Prévenu pour vous",
    teacher_told: "Votre professeur sait que vous attendez",
    hint_sign_in: "Vous avez un compte ? Connectez-vous sans attendre : votre place reste gardée.",
    hint_staff: "Vous travaillez dans l’établissement ? Connectez-vous : l’entrée reste ouverte au personnel.",
    hint_early: "Votre identification est faite : la page s’ouvrira d’elle-même à l’ouverture, sans nouveau mot de passe.",
    hint_close: "Vous pouvez fermer cette page : quand vient votre tour, votre place reste gardée 15 minutes.",
    hint_close_early: "Vous pouvez fermer cette page et revenir à l’ouverture : votre place reste gardée.",
    hint_inside: "Rien n’est perdu : la page s’ouvre dès qu’il y a de la place, avant celles des nouveaux arrivants.",
    hint_reload: "Inutile de recharger : la page se met à jour toute seule.",
    hint_tabs: "Un seul onglet suffit : plusieurs onglets ne font qu’une place.",
    hint_form: "Ce que vous venez d’envoyer n’a pas été enregistré. Une fois dans le service, revenez à la page \
                précédente et renvoyez-le.",
    hint_again: "Inutile de recharger : la page réessaie toute seule dans quelques secondes.",
    hint_shared: "Si vous avez un compte, connectez-vous : les personnes connectées ne sont pas arrêtées.",
    note: "Message du service",
    lightened: "Affichage allégé",
    entered: "%count% personnes sont déjà entrées.",
    sign_in: "Se connecter",
    kept: "En attendant, votre journée et votre travail à faire sont sur cet appareil. Cette page attend pour vous.",
    kept_link: "Voir ma journée (nouvel onglet)",
    offline: "Pas de réponse pour l’instant. Nouvel essai dans un moment, votre place est gardée.",
    stopped: "La page s’est mise en pause. Elle reprend dès que vous la regardez.",
};

static EN: Texts = Texts {
    in_line: "You are in the dry, your place is kept",
    inside: "One moment, we are making room for you",
    opens_at: "The doors open at %time%",
    opens_later: "The doors are not open yet",
    closed: "The doors are closed for now",
    moment: Words {
        heading: "One moment",
        lead: "The service is very busy. Nothing is lost: the page will open by itself.",
    },
    sign_in_again: Words {
        heading: "Please sign in again",
        lead: "Your session is being used from too many places at once. To protect your account, we ask you to sign in. \
               If it was not you, change your password afterwards.",
    },
    reasons: [
        "You are early, and already in the dry: your place is kept.",
        "The school has closed the doors. This page will open by itself when they open again.",
        "Many people arrive at the same time. Those whose lesson begins go first.",
        "All places are taken. As soon as somebody leaves, the next person comes in.",
        "The service answers slowly. It lets fewer people in at a time, so that everything keeps working.",
        "The service is facing an abnormal rush, perhaps an attack. People come in more slowly; you do not lose your \
         place.",
    ],
    away: [
        Words {
            heading: "Too many requests from this address",
            lead: "Many requests came from your connection in a short time. Other people may share it with you.",
        },
        Words {
            heading: "This request looks like an attack",
            lead: "An attack is under way and your request looks like it. If you are really there, we are sorry: wait a \
                   little, the page tries again by itself.",
        },
        Words {
            heading: "This network is blocked",
            lead: "For a time, the service does not accept requests from this network. If this is a mistake, tell your \
                   school, or use another connection.",
        },
        Words {
            heading: "One moment",
            lead: "The service is very busy. Nothing is lost: the page will open by itself.",
        },
        Words {
            heading: "Please sign in first",
            lead: "This part of the service is only open to people who are signed in.",
        },
    ],
    ahead_one: "person before you",
    ahead_other: "people before you",
    next: "You are next",
    first: "You are first in line",
    soon: "you enter in less than a minute",
    entry: "you enter about %about%, at the latest about %at_most%",
    entry_unknown: "the time of entry is not known yet",
    longer: "This takes longer than we said, we are sorry. Here is the new time.",
    new_ticket: "You have a place. It counts as soon as the page has reloaded, in %wait%. Your browser has to accept \
                 cookies.",
    before_opening: "Those who come before the opening enter in an order drawn by lot at that moment: no need to hurry, \
                     and everyone can check the draw.",
    draw_link: "See the draw",
    no_ticket: "The line is full. Keep this page open: it will ask for a place as soon as there is one.",
    place: "Your place",
    turn: "We are at",
    lesson: "Your lesson",
    lesson_begins: "begins at %time%",
    lesson_began: "began at %time%",
    teacher: "Told for you",
    teacher_told: "Your teacher knows that you are waiting",
    hint_sign_in: "You have an account? Sign in without waiting: your place is kept.",
    hint_staff: "You work at the school? Sign in: the doors stay open to staff.",
    hint_early: "You are signed in. The page will open by itself when the doors do, without another password.",
    hint_close: "You can close this page: your place is kept for 15 minutes once your turn has come.",
    hint_close_early: "You can close this page and come back at the opening: your place is kept.",
    hint_inside: "Nothing is lost: the page opens as soon as there is room, before those of newcomers.",
    hint_reload: "No need to reload: the page updates by itself.",
    hint_tabs: "One tab is enough: several tabs are one place.",
    hint_form: "What you just sent was not saved. Once you are in, go back to the previous page and send it again.",
    hint_again: "No need to reload: the page tries again by itself in a few seconds.",
    hint_shared: "If you have an account, sign in: people who are signed in are not stopped.",
    note: "Message of the service",
    lightened: "Lighter display",
    entered: "%count% people have already come in.",
    sign_in: "Sign in",
    kept: "Meanwhile, your day and your homework are on this device. This page waits for you.",
    kept_link: "See my day (new tab)",
    offline: "No answer for now. We try again in a moment, your place is kept.",
    stopped: "The page is paused. It goes on as soon as you look at it.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_stand_where_they_are_looked_for() {
        for (index, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
        }
        for (index, away) in Away::ALL.into_iter().enumerate() {
            assert_eq!(away as usize, index);
        }
    }
}
