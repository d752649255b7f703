// Runs a compiler of this folder by the project's own Node, which runs TypeScript: the shell's may be older.
const { execFile } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

/** compile runs a command from the service's folder; a compiler's refusal becomes the error, its warnings are shown. */
exports.compile = async function compile(serviceDir, what, command) {
  const own = path.join(serviceDir, 'node_modules', '.bin', 'node');
  const node = existsSync(own) ? own : process.execPath;
  try {
    const { stderr } = await promisify(execFile)(node, command, { cwd: serviceDir });
    for (const warning of stderr.split('\n').filter((line) => / warning: /.test(line))) console.error(warning);
  } catch (error) {
    throw new Error(`compiling ${what} failed:\n${error.stderr || error.message}`, { cause: error });
  }
};
