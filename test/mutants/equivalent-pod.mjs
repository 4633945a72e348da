/** Changes of the pod's shell files that nobody can notice, and why. */
export const equivalent = [];
