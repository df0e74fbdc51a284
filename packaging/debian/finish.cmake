# Run by cpack on the installed files before they are packed: what Debian wants of a package's documents.

find_program(GZIP gzip REQUIRED)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

function(compress)
    execute_process(COMMAND ${GZIP} -9nf ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB roots LIST_DIRECTORIES true ${CPACK_TEMPORARY_DIRECTORY}/*)
foreach(root ${roots})
    if(NOT IS_DIRECTORY ${root}/usr)
        continue()
    endif()
    get_filename_component(component ${root} NAME)
    string(TOUPPER ${component} component)
    set(docs ${root}/usr/share/doc/${CPACK_DEBIAN_${component}_PACKAGE_NAME})
    file(MAKE_DIRECTORY ${docs})
    file(REMOVE ${docs}/LICENSE) # it is in "copyright"
    if(EXISTS ${docs}/CHANGELOG.md)
        file(RENAME ${docs}/CHANGELOG.md ${docs}/changelog)
        compress(${docs}/changelog)
    endif()
    file(READ ${CPACK_RESOURCE_FILE_LICENSE} licence)
    file(WRITE ${docs}/copyright "${licence}")
    file(WRITE ${docs}/changelog.Debian
        "lwshost (${version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n"
        " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${date}\n")
    file(GLOB_RECURSE pages ${root}/usr/share/man/*)
    compress(${pages} ${docs}/changelog.Debian)
endforeach()
