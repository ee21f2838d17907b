// The runtime of the tests does not find this module of Node by the name that libraries require it by.
module.exports = globalThis.process;
