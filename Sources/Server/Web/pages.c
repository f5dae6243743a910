#include "pages.h"

// #embed is C23; the compiler has it in every mode and warns about it in older ones.
#pragma clang diagnostic ignored "-Wc23-extensions"

// One line for each file; a test compares this list with the folder.
#define PAGES(PAGE) \
    PAGE(die_css, "die.css") \
    PAGE(die_js, "die.js") \
    PAGE(dom_js, "dom.js") \
    PAGE(event_log_js, "event-log.js") \
    PAGE(generic_css, "generic.css") \
    PAGE(generic_js, "generic.js") \
    PAGE(icon_svg, "icon.svg") \
    PAGE(index_html, "index.html") \
    PAGE(lobby_create_js, "lobby-create.js") \
    PAGE(lobby_games_js, "lobby-games.js") \
    PAGE(lobby_tables_js, "lobby-tables.js") \
    PAGE(lobby_css, "lobby.css") \
    PAGE(lobby_js, "lobby.js") \
    PAGE(parlor_d_ts, "parlor.d.ts") \
    PAGE(parlor_js, "parlor.js") \
    PAGE(parts_css, "parts.css") \
    PAGE(play_actions_js, "play-actions.js") \
    PAGE(play_chat_js, "play-chat.js") \
    PAGE(play_enter_js, "play-enter.js") \
    PAGE(play_game_js, "play-game.js") \
    PAGE(play_seats_js, "play-seats.js") \
    PAGE(play_words_js, "play-words.js") \
    PAGE(play_css, "play.css") \
    PAGE(play_html, "play.html") \
    PAGE(play_js, "play.js") \
    PAGE(pong_motion_js, "pong-motion.js") \
    PAGE(pong_sound_js, "pong-sound.js") \
    PAGE(pong_steering_js, "pong-steering.js") \
    PAGE(theme_css, "theme.css") \
    PAGE(games_dice_css, "games/dice.css") \
    PAGE(games_dice_js, "games/dice.js") \
    PAGE(games_owedrahn_css, "games/owedrahn.css") \
    PAGE(games_owedrahn_js, "games/owedrahn.js") \
    PAGE(games_pong_css, "games/pong.css") \
    PAGE(games_pong_js, "games/pong.js") \
    PAGE(games_tictactoe_css, "games/tictactoe.css") \
    PAGE(games_tictactoe_js, "games/tictactoe.js")

static const unsigned char die_css[] = {
#embed "die.css"
};
static const unsigned char die_js[] = {
#embed "die.js"
};
static const unsigned char dom_js[] = {
#embed "dom.js"
};
static const unsigned char event_log_js[] = {
#embed "event-log.js"
};
static const unsigned char generic_css[] = {
#embed "generic.css"
};
static const unsigned char generic_js[] = {
#embed "generic.js"
};
static const unsigned char icon_svg[] = {
#embed "icon.svg"
};
static const unsigned char index_html[] = {
#embed "index.html"
};
static const unsigned char lobby_create_js[] = {
#embed "lobby-create.js"
};
static const unsigned char lobby_games_js[] = {
#embed "lobby-games.js"
};
static const unsigned char lobby_tables_js[] = {
#embed "lobby-tables.js"
};
static const unsigned char lobby_css[] = {
#embed "lobby.css"
};
static const unsigned char lobby_js[] = {
#embed "lobby.js"
};
static const unsigned char parlor_d_ts[] = {
#embed "parlor.d.ts"
};
static const unsigned char parlor_js[] = {
#embed "parlor.js"
};
static const unsigned char parts_css[] = {
#embed "parts.css"
};
static const unsigned char play_actions_js[] = {
#embed "play-actions.js"
};
static const unsigned char play_chat_js[] = {
#embed "play-chat.js"
};
static const unsigned char play_enter_js[] = {
#embed "play-enter.js"
};
static const unsigned char play_game_js[] = {
#embed "play-game.js"
};
static const unsigned char play_seats_js[] = {
#embed "play-seats.js"
};
static const unsigned char play_words_js[] = {
#embed "play-words.js"
};
static const unsigned char play_css[] = {
#embed "play.css"
};
static const unsigned char play_html[] = {
#embed "play.html"
};
static const unsigned char play_js[] = {
#embed "play.js"
};
static const unsigned char pong_motion_js[] = {
#embed "pong-motion.js"
};
static const unsigned char pong_sound_js[] = {
#embed "pong-sound.js"
};
static const unsigned char pong_steering_js[] = {
#embed "pong-steering.js"
};
static const unsigned char theme_css[] = {
#embed "theme.css"
};
static const unsigned char games_dice_css[] = {
#embed "games/dice.css"
};
static const unsigned char games_dice_js[] = {
#embed "games/dice.js"
};
static const unsigned char games_owedrahn_css[] = {
#embed "games/owedrahn.css"
};
static const unsigned char games_owedrahn_js[] = {
#embed "games/owedrahn.js"
};
static const unsigned char games_pong_css[] = {
#embed "games/pong.css"
};
static const unsigned char games_pong_js[] = {
#embed "games/pong.js"
};
static const unsigned char games_tictactoe_css[] = {
#embed "games/tictactoe.css"
};
static const unsigned char games_tictactoe_js[] = {
#embed "games/tictactoe.js"
};

#define ENTRY(id, path) {path, id, sizeof(id)},
static const parlor_page pages[] = {PAGES(ENTRY)};

const unsigned long parlor_page_count = sizeof(pages) / sizeof(pages[0]);

parlor_page parlor_page_at(unsigned long index) { return pages[index]; }
