// Read by jemalloc when the program starts: large pages, since most time goes into waiting for memory at random places.
extern "C" {
const char* malloc_conf = "thp:always";
}
