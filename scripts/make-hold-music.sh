#!/bin/sh
# Makes fixtures/audio/prompts/hold.wav, what callers hear while they wait: soft chords and slow single notes, with sox
# (14.4); same input, same bytes. Knows not who plays it.
set -eu

cd "$(dirname "$0")/../fixtures/audio/prompts"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v sox >/dev/null || { echo "make-hold-music: sox is missing (apt-get install sox)" >&2; exit 1; }

RATE_HZ=8000      # a telephone's; the carrier would come down to it anyway
LENGTH_S=24       # four chords of six seconds
LOUDNESS_DBFS=-24 # RMS; under the voices, which are at -20
parts=0

# tone START_S LENGTH_S HZ GAIN_DB FADE_IN_S FADE_OUT_S: a sine with a little of its octave, somewhat detuned against
# itself, so that it breathes. Its gain is that of one of the parts, which are added up below.
tone() {
  parts=$((parts + 1))
  twin_hz=$(awk -v hz="$3" 'BEGIN { printf "%.3f", hz * 1.0018 }')
  octave_hz=$(awk -v hz="$3" 'BEGIN { printf "%.3f", hz * 2 }')
  sox -D -n -r "$RATE_HZ" -b 32 -e floating-point -c 3 "$work/$(printf %03d "$parts").wav" \
    synth "$2" sine "$3" sine "$twin_hz" sine "$octave_hz" remix 1v0.45,2v0.45,3v0.1 \
    gain "$4" fade t "$5" "$2" "$6" pad "$1" 0
}

# chord START_S HZ HZ HZ HZ: swells, and goes while the next one comes; the last is gone at the end of the loop
chord() {
  start=$1
  length=7.2
  [ "$start" != 18 ] || length=6
  shift
  for hz in "$@"; do tone "$start" "$length" "$hz" -14 1.8 2; done
}

# notes START_S HZ …: one after the other, a second and a half apart, each like a soft bell
notes() {
  at=$1
  shift
  for hz in "$@"; do
    tone "$at" 1.9 "$hz" -15 0.02 1.85
    at=$(awk -v at="$at" 'BEGIN { print at + 1.5 }')
  done
}

# F major 7, A minor 7, D minor 7, C with a ninth: all of it above 250 Hz, where telephones begin to be heard.
chord 0 261.63 349.23 440 523.25
chord 6 261.63 329.63 392 440
chord 12 293.66 349.23 440 523.25
chord 18 261.63 329.63 392 587.33
notes 0.9 880 698.46 783.99 659.26
notes 6.9 783.99 659.26 523.25 587.33
notes 12.9 698.46 880 783.99 698.46
notes 18.9 659.26 587.33 523.25

# Both ends are silent, so that neither the seam nor a pause in it is heard as a click.
sox -D -m "$work"/*.wav "$work/mix.wav" lowpass 3000 trim 0 "$LENGTH_S" fade t 0.05 "$LENGTH_S" 0.4
rms_db=$(sox "$work/mix.wav" -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
sox -D "$work/mix.wav" -b 16 -e signed-integer -c 1 -r "$RATE_HZ" hold.wav \
  gain "$(awk -v rms="$rms_db" -v to="$LOUDNESS_DBFS" 'BEGIN { printf "%.2f", to - rms }')"
