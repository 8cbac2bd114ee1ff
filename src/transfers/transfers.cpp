#include "transfers/transfers.h"

namespace rapport::transfers {

Transfers::Transfers(const Collaborators& with)
    : imports_({with.database, with.objects, with.queue, with.applications, with.audience.endpoints(),
                with.audience.segments()}),
      exports_({with.objects, with.queue, with.applications, with.audience.endpoints(), with.audience.segments(),
                with.audience.queries()},
               {.part = {.temporary_directory = with.temporary_directory}}) {}

void Transfers::serve(jobs::Workers& workers) {
  imports_.serve(workers);
  exports_.serve(workers);
}

}  // namespace rapport::transfers
