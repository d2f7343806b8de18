#!/usr/bin/env bash
for c in ffmpeg ffprobe espeak-ng python3; do command -v $c >/dev/null || { SUDO=$([ "$(id -u)" = 0 ] || echo sudo); $SUDO apt-get update -qq; $SUDO apt-get install -y -qq --no-install-recommends ffmpeg espeak-ng python3; break; }; done
# Makes every file of this folder again. What they are for stands in README.md.
#
# The same versions of ffmpeg and espeak-ng make the same bytes: no clock, no random number, one thread an encoder.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf video voice image broken
mkdir video voice image broken

run() { ffmpeg -nostdin -hide_banner -loglevel error -y -threads 1 "$@"; }
exact=(-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact)
h264=(-c:v libx264 -preset slow -crf 30 -pix_fmt yuv420p -threads 1 -g 25)
aac=(-c:a aac -b:a 48k -ac 1)

# --- What is seen and heard -------------------------------------------------------------------------------------------
say() { espeak-ng -v "$1" -s 150 -w "$work/said.wav" "$3"; run -i "$work/said.wav" -ar 48000 -ac 1 "${exact[@]}" "$2"; }
say en-gb "$work/clip.wav" "This is a clip from Darkroom's samples."
say en-us "$work/voice.wav" "Hello Bob, this is Alice. I am at the station, and my train is ten minutes late. See you soon!"

moving() { # SIZE SECONDS: a test card whose picture moves and whose frames are counted
    echo -f lavfi -i "testsrc2=size=$1:rate=25:duration=$2"
}
clip() { # SECONDS OUTPUT [OPTIONS]: a small clip with speech
    local seconds=$1 output=$2
    shift 2
    # shellcheck disable=SC2046
    run $(moving 480x270 "$seconds") -i "$work/clip.wav" -t "$seconds" -af apad "$@" "${exact[@]}" "$output"
}

# --- video/: each is taken, except long.mp4 ---------------------------------------------------------------------------
# shellcheck disable=SC2046
run $(moving 1280x720 4) -i "$work/clip.wav" -t 4 -af apad "${h264[@]}" "${aac[@]}" -movflags +faststart "${exact[@]}" \
    video/landscape.mp4
run -i video/landscape.mp4 -c copy "${exact[@]}" video/landscape-moov-last.mp4
# Held upright, a phone writes the picture lying down and says in the track's matrix how to turn it.
# shellcheck disable=SC2046
run $(moving 360x640 3) -i "$work/clip.wav" -t 3 -af apad -vf transpose=cclock "${h264[@]}" "${aac[@]}" \
    -movflags +faststart "${exact[@]}" "$work/lying.mp4"
python3 bytes.py turn "$work/lying.mp4" video/portrait.mp4
# Pixels that are wider than high: 360 × 288 shown as 512 × 288.
# shellcheck disable=SC2046
run $(moving 512x288 3) -an -vf scale=360:288,setsar=64/45 "${h264[@]}" -movflags +faststart "${exact[@]}" \
    video/anamorphic.mp4
clip 3 video/clip.mov "${h264[@]}" "${aac[@]}"
clip 3 video/clip.m4v -f ipod "${h264[@]}" "${aac[@]}"
clip 3 video/clip.3gp -vf scale=352:288 -c:v mpeg4 -b:v 150k "${aac[@]}"
clip 3 video/clip.avi -c:v mpeg4 -b:v 250k -c:a libmp3lame -b:a 48k
clip 3 video/clip.webm -c:v libvpx-vp9 -b:v 150k -cpu-used 4 -threads 1 -c:a libopus -b:a 24k
clip 3 video/clip-vp8.webm -c:v libvpx -b:v 200k -threads 1 -c:a libopus -b:a 24k
# A browser's recorder writes as it goes and never comes back: no duration, no index.
clip 3 "$work/recorder.webm" -c:v libvpx -b:v 200k -deadline realtime -cpu-used 4 -threads 1 -c:a libopus -b:a 24k -f webm -live 1
run -i "$work/recorder.webm" -c copy "${exact[@]}" -f webm -live 1 pipe:1 >video/recorder.webm
clip 3 video/fragmented.mp4 "${h264[@]}" "${aac[@]}" -movflags +frag_keyframe+empty_moov+default_base_moof
clip 0.4 video/short.mp4 "${h264[@]}" "${aac[@]}" -movflags +faststart
# shellcheck disable=SC2046
run $(moving 480x270 3) -an "${h264[@]}" -movflags +faststart "${exact[@]}" video/no-audio.mp4
slow() { # SECONDS OUTPUT: one small frame a second
    run -f lavfi -i "testsrc=size=96x54:rate=1:duration=$1" -an -c:v libx264 -preset slow -crf 51 -pix_fmt yuv420p \
        -threads 1 -g 600 -movflags +faststart "${exact[@]}" "$2"
}
slow 600 video/ten-minutes.mp4
slow 601 video/long.mp4

# --- voice/: one sentence in every form a recorder writes, and silence ------------------------------------------------
voice() { run -i "$work/voice.wav" "$@"; }
voice -c:a aac -b:a 32k -movflags +faststart "${exact[@]}" voice/voice.m4a
voice -ar 24000 -c:a libmp3lame -q:a 7 -map_metadata -1 -fflags +bitexact -id3v2_version 0 -write_xing 1 voice/voice.mp3
voice -ar 24000 -c:a libmp3lame -q:a 7 -map_metadata -1 -fflags +bitexact -id3v2_version 0 -write_xing 0 \
    voice/voice-no-header.mp3
voice -ar 16000 -c:a pcm_s16le "${exact[@]}" voice/voice.wav
voice -c:a libopus -b:a 20k "${exact[@]}" voice/voice.ogg
voice -c:a libopus -b:a 20k -f webm "${exact[@]}" voice/voice.webm
run -i voice/voice.webm -c copy "${exact[@]}" -f webm -live 1 pipe:1 >voice/voice-recorder.webm
run -f lavfi -i anullsrc=r=8000:cl=mono -t 2 -c:a pcm_s16le "${exact[@]}" voice/silence.wav

# --- image/: an F, which looks different whichever way it is turned ---------------------------------------------------
# Upright: red corner top left, green top right, blue bottom left, yellow bottom right.
corner() { echo "drawbox=x=$1:y=$2:w=48:h=48:color=$3:t=fill"; }
letter="drawbox=x=170:y=50:w=44:h=220:color=black:t=fill,drawbox=x=170:y=50:w=150:h=44:color=black:t=fill"
letter+=",drawbox=x=170:y=140:w=110:h=40:color=black:t=fill"
upright="$letter,$(corner 0 0 red),$(corner 432 0 green),$(corner 0 272 blue),$(corner 432 272 yellow)"
# How a camera held each of the eight ways would store it (Exif 2.32, section 4.6.4: Orientation).
stored=([1]=null [2]=hflip [3]=hflip,vflip [4]=vflip [5]=transpose=cclock_flip [6]=transpose=cclock
    [7]=transpose=clock_flip [8]=transpose=clock)
for orientation in 1 2 3 4 5 6 7 8; do
    run -f lavfi -i "color=white:size=480x320" -frames:v 1 -vf "$upright,${stored[$orientation]}" -pix_fmt yuvj420p \
        -q:v 5 "${exact[@]}" "$work/stored.jpg"
    python3 bytes.py exif "$work/stored.jpg" "image/orientation-$orientation.jpg" "$orientation"
done
run -f lavfi -i "color=white@0:size=480x320,format=rgba" -frames:v 1 -vf "$upright,colorkey=white:0.1" -pix_fmt rgba \
    -threads 1 "${exact[@]}" image/transparent.png
run -f lavfi -i "testsrc2=size=240x180:rate=5:duration=2" -vf "split[a][b];[a]palettegen=32[p];[b][p]paletteuse" \
    "${exact[@]}" image/animated.gif
run -f lavfi -i "color=white:size=480x320" -frames:v 1 -vf "$upright" -c:v libwebp -q:v 60 "${exact[@]}" image/picture.webp

# As phones send them: HEIC of one item, with opacity, with 10 bits, and of tiles that are cut and turned; the same as AVIF.
for c in heif-enc avifenc; do command -v $c >/dev/null || { SUDO=$([ "$(id -u)" = 0 ] || echo sudo); $SUDO apt-get install -y -qq --no-install-recommends libheif-examples libavif-bin; break; }; done
run -f lavfi -i "color=white:size=480x320,format=rgb24" -frames:v 1 -vf "$upright" -threads 1 "${exact[@]}" "$work/upright.png"
heif-enc -q 60 "$work/upright.png" -o image/picture.heic >/dev/null
heif-enc -q 60 image/transparent.png -o image/transparent.heic >/dev/null
tiles() { # OUTPUT FORMAT FILTER WIDTH HEIGHT COLUMNS ROWS OPTIONS...: tiles of 128 × 128, the last ones beyond the picture
    local output=$1 format=$2 filter=$3 width=$4 height=$5 columns=$6 rows=$7 names=()
    shift 7
    for ((i = 0; i < columns * rows; i++)); do
        names+=("$work/tile-$i.mp4")
        run -i "$work/upright.png" -vf "$filter,pad=$((columns * 128)):$((rows * 128)):color=gray,crop=128:128:$((i % columns * 128)):$((i / columns * 128)),scale=out_range=full" \
            -pix_fmt "$format" -color_range pc -c:v libx265 -tag:v hvc1 -x265-params "log-level=none:info=0:crf=26:pools=none:frame-threads=1" -frames:v 1 "${exact[@]}" "$work/tile-$i.mp4"
    done
    python3 heif.py "$output" "${width}x$height" "${columns}x$rows" --tile 128x128 "$@" "${names[@]}"
}
tiles image/deep.heic yuv420p10le null 480 320 4 3
tiles image/tiles.heic yuvj420p "pad=500:340:10:10:color=magenta,transpose=clock" 340 500 3 4 --cut 320x480 --turn 1
tiles image/tiles-last.heic yuvj420p "transpose=clock,vflip" 320 480 3 4 --turn 1 --mirror 1 --end
avifenc -s 8 --min 20 --max 40 "$work/upright.png" image/picture.avif >/dev/null
avifenc -s 8 --min 20 --max 40 image/transparent.png image/transparent.avif >/dev/null
avifenc -s 8 --min 4 --max 12 -d 10 -y 420 "$work/upright.png" image/deep.avif >/dev/null
run -i "$work/upright.png" -vf "pad=512:384:20:24:color=magenta,transpose=cclock,vflip" -threads 1 "${exact[@]}" "$work/turned.png"
avifenc -s 8 --min 20 --max 40 -y 420 -g 2x2 --crop 24,20,320,480 --irot 3 --imir 1 "$work/turned.png" image/tiles.avif >/dev/null
run -f lavfi -i "color=white:size=480x320,format=rgb24" -frames:v 1 -vf "negate" -threads 1 "${exact[@]}" "$work/black.png"
avifenc -s 8 --min 20 --max 40 -y 420 "$work/upright.png" "$work/black.png" "$work/upright.png" image/moving.avif >/dev/null

# --- broken/: each is refused -----------------------------------------------------------------------------------------
: >broken/empty.mp4
head -c 60000 video/landscape-moov-last.mp4 >broken/truncated.mp4
head -c 60000 video/landscape.mp4 >broken/truncated-moov-first.mp4
printf 'These are words, whatever the name says.\n%.0s' {1..40} >broken/text.mp4
cat >broken/playlist.mp4 <<'PLAYLIST'
#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:10
#EXT-X-MEDIA-SEQUENCE:0
#EXTINF:10.0,
file:///etc/passwd
#EXTINF:10.0,
http://127.0.0.1:8080/readyz
#EXT-X-ENDLIST
PLAYLIST
tail -c +101 image/orientation-1.jpg >broken/no-head.jpg
head -c 200 voice/voice.ogg >broken/truncated.ogg

du -cb video/* voice/* image/* broken/* | tail -1
