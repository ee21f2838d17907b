// The number of the wire contract. A test pins the hash of all schemas to it: change a shape, raise the number.
export const PROTOCOL_VERSION = 12;
