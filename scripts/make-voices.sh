#!/bin/sh
# Makes every voice under fixtures/audio from the lines below, with espeak-ng (1.51) and sox (14.4); same input, same bytes.
# Says what the files contain; does not know who plays them.
set -eu

cd "$(dirname "$0")/../fixtures/audio"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for needed in espeak-ng sox; do
  command -v "$needed" >/dev/null || { echo "make-voices: $needed is missing (apt-get install espeak-ng sox)" >&2; exit 1; }
done

LOUDNESS_DBFS=-20 # RMS; what a caller close to the handset leaves after a carrier's gain
EDGE_S=0.06       # silence kept at both ends, so that no first consonant is lost

# speak FILE RATE_HZ VOICE WORDS_PER_MINUTE PITCH TEXT
speak() {
  mkdir -p "$(dirname "$1")"
  espeak-ng -z -g 1 -v "$3" -s "$4" -p "$5" -w "$work/raw.wav" "$6"
  # Rumble out, sibilants softened, loud and quiet words brought closer, the last peaks limited; then the silence at
  # both ends cut, to be given back in equal measure below.
  sox -D "$work/raw.wav" "$work/clean.wav" \
    gain -6 highpass 90 equalizer 320 0.8q -2 equalizer 2600 0.9q +1.5 treble -5 6500 \
    compand 0.008,0.18 6:-70,-70,-45,-40,-30,-24,-18,-16,0,-9 0 -70 0.01 \
    silence 1 0.01 0.6% reverse silence 1 0.01 0.6% reverse \
    rate -v "$2" gain -n -1 gain -l 4 gain -6
  rms_db=$(sox "$work/clean.wav" -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
  sox -D "$work/clean.wav" -b 16 -c 1 "$1" \
    gain "$(awk -v rms="$rms_db" -v to="$LOUDNESS_DBFS" 'BEGIN { printf "%.2f", to - rms }')" \
    fade t 0.008 -0 0.03 pad "$EDGE_S" "$EDGE_S"
}

caller() { speak "caller/$1.wav" 16000 en-us+Annie 165 48 "$2"; }
agent() { speak "agent/$1.wav" 24000 en-us+m3 160 52 "$2"; }
# note FILE HZ: one soft note
note() { sox -D -n -r 24000 -b 16 -c 1 "$1" synth 0.26 sine "$2" fade q 0.05 0.26 0.16 gain -26; }
apology() { speak "prompts/apology-$1.wav" 24000 "$2+m3" "$3" 52 "$4"; }

caller hello-opening-hours 'Hello, when are you open on Saturdays?'
caller look-me-up 'Could you check my appointment please? You should have my number.'
caller interrupt 'Sorry, one moment, could you check my appointment please?'
caller book-a-cleaning 'Could you also book me a cleaning? In one week, at ten in the morning.'
caller leave-a-message 'Could you take a message please? I will be ten minutes late tomorrow.'
caller yes 'Yes, please.'
caller no 'No, thank you.'
caller thanks-goodbye 'Great, thanks a lot, goodbye!'

agent greeting 'Hello, this is Liveline at Harbour Dental. How can I help you?'
agent opening-hours 'On Saturdays we are open from nine in the morning until one in the afternoon. From Monday to Friday we open at eight and close at six. On Sundays we are closed, but you can always leave a message, and somebody will call you back.'
agent let-me-look 'Of course. One moment, I will have a look.'
agent appointment 'Thank you, Ada Moreno, I have found you. Your next appointment is on Thursday at half past nine, a check-up with Doctor Osei.'
agent booked 'That is done. You have a cleaning in one week, at ten in the morning.'
agent message-taken 'Thank you. I have written that down, and I will pass it on.'
agent not-understood 'I am sorry, I did not quite catch that. Could you say it again?'
agent goodbye 'You are welcome. Have a lovely day. Goodbye!'

# Says without words that somebody is there.
note "$work/low.wav" 440
note "$work/high.wav" 554.37
sox -D "$work/low.wav" "$work/high.wav" prompts/comfort.wav pad 0.02 0.02

apology en en-us 155 "I'm sorry, I can't continue right now. Please call again in a few minutes. Goodbye."
apology de de 150 'Es tut mir leid, ich kann im Moment nicht weitersprechen. Bitte rufen Sie in ein paar Minuten noch einmal an. Auf Wiederhören.'
apology fr fr-fr 155 'Je suis désolé, je ne peux pas continuer pour le moment. Merci de rappeler dans quelques minutes. Au revoir.'
apology es es 155 'Lo siento, ahora mismo no puedo continuar. Por favor, vuelva a llamar dentro de unos minutos. Adiós.'
apology it it 155 'Mi dispiace, in questo momento non posso continuare. La prego di richiamare tra qualche minuto. Arrivederci.'
apology pt pt 150 'Peço desculpa, não posso continuar neste momento. Por favor, ligue novamente dentro de alguns minutos. Adeus.'
apology nl nl 155 'Het spijt me, ik kan op dit moment niet verdergaan. Belt u over een paar minuten alstublieft nog een keer. Tot ziens.'
