// Carries the precompiled headers that the test programs share; a program itself, so that they are
// compiled the same way.
int main() { return 0; }
