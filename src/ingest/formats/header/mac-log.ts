import type { SyslogLine } from '../text-format.ts';

type Writable = { -readonly [Key in keyof SyslogLine]: SyslogLine[Key] };

/** macOS's `log show` as it comes: thread, type, activity, process id, time to live, then the process. */
const full =
  /0x[\da-f]{1,16} {1,12}(?:Default|Info|Debug|Error|Fault|Activity) {1,12}0x[\da-f]{1,16} {1,20}(\d{1,10}) {1,12}\d{1,6} {1,12}([^\s:[\]()]{1,64}): /y;
/** `log show --style compact`: the type in two letters, and the thread behind the process id. */
const compact = /(?:Df|Db|In|Er|Ft|A |I |E |F ) {0,2}([^\s:[\]()]{1,64})\[(\d{1,10}):[\da-f]{1,16}\] /y;
/** The library that wrote the line, and what it calls its part. */
const sender = /(?:\([\w.+-]{1,64}\) )?(?:\[[\w.-]{1,128}:[\w.-]{0,64}\] )?/y;

/** In a syslog's header only what can't be a word of the program's own: cron begins with `(root) `. */
const library = /\([\w.+-]{1,64}\.dylib\) (?:\[[\w.-]{1,128}:[\w.-]{0,64}\] )?/y;

/** macTag reads what macOS's `log show` puts between time and message, in its full and compact styles; `--style syslog` is a syslog's header. */
export function macTag(text: string, at: number): Writable | undefined {
  full.lastIndex = at;
  const whole = full.exec(text);
  if (whole !== null) return lineOf(text, at + whole[0].length, whole[2], whole[1]);
  compact.lastIndex = at;
  const short = compact.exec(text);
  return short === null ? undefined : lineOf(text, at + short[0].length, short[1], short[2]);
}

/** macSenderEnd skips the library that macOS names between tag and message, `(libpam.2.dylib) [com.apple.x:y] `. */
export function macSenderEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x28) return at;
  library.lastIndex = at;
  return at + (library.exec(text)?.[0].length ?? 0);
}

function lineOf(text: string, at: number, program = '', pid = ''): Writable {
  sender.lastIndex = at;
  return { program, pid, message: text.slice(at + (sender.exec(text)?.[0].length ?? 0)) };
}
