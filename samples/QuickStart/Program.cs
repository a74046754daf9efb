// Licensed under the MIT License.
// See LICENSE in the project root for license information.

return 0;
