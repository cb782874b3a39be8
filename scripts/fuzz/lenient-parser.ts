/** Whether this Node's parser of HTTP lets pass some of what later ones refuse, as that of Node 20.19.0 does. */
export const IS_LENIENT = Number.parseInt(process.versions['llhttp'] ?? '') < 9;
